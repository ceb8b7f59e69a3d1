/**
 * Which of libxc's progress reports xl shows (Xen's toollog, output that is no terminal): a report
 * of the same percentage as the last one is dropped, and so is one less than five further on.
 */

const STEP = 5;
/** libxc reports every 4 MiB. */
const REPORT_PAGES = 1024;

export class XlProgress {
  private lastPercent = 0;

  /** One round in which `pages` pages were sent. */
  round(title: string, pages: number): string[] {
    const lines: string[] = [];
    for (let done = 0; done < pages; done += REPORT_PAGES) {
      lines.push(...this.report(title, done, pages));
    }
    return [...lines, ...this.report(title, pages, pages)];
  }

  /** A report without a count. */
  single(title: string): string[] {
    return this.report(title, 0, 0);
  }

  private report(title: string, done: number, total: number): string[] {
    const percent = total === 0 ? 0 : Math.floor((done * 100) / total);
    const isFarther = percent < this.lastPercent || percent >= this.lastPercent + STEP;
    if (percent === this.lastPercent || !isFarther) return [];
    this.lastPercent = percent;
    return [`xc: progress: ${title}: ${done}/${total}  ${`${percent}`.padStart(3)}%`];
  }
}
