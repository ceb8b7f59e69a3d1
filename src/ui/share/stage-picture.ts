/**
 * The stage as a picture: the drawing, and before it the boxes, marks and words that are elements of
 * the page. All of it is read where it lies on the screen, so the file shows what the screen shows.
 */
import { REPAINT } from '../use-drawing.ts';
import { svgImage } from './svg-picture.ts';

const HIDDEN = '.sr, [role="status"]';

export async function stagePicture(stage: HTMLElement): Promise<Blob> {
  const marks = await Promise.all(
    [...stage.querySelectorAll('svg')].map(async (svg) => ({ svg, image: await svgImage(svg) })),
  );
  const { width, height, x, y } = stage.getBoundingClientRect();
  const ratio = devicePixelRatio || 1;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws no pictures');
  context.scale(ratio, ratio);
  context.translate(-x, -y);
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(x, y, width, height);
  drawDrawing(context, stage);
  for (const element of stage.querySelectorAll('*')) drawBox(context, element);
  for (const { svg, image } of marks) {
    const box = svg.getBoundingClientRect();
    if (box.width > 0) context.drawImage(image, box.x, box.y, box.width, box.height);
  }
  drawWords(context, stage);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture was made')))),
  );
}

function drawDrawing(context: CanvasRenderingContext2D, stage: HTMLElement): void {
  const drawing = stage.querySelector('canvas');
  if (!drawing) return;
  drawing.dispatchEvent(new Event(REPAINT));
  const { x, y, width, height } = drawing.getBoundingClientRect();
  context.drawImage(drawing, x, y, width, height);
}

function drawBox(context: CanvasRenderingContext2D, element: Element): void {
  if (!(element instanceof HTMLElement) || element.closest(HIDDEN)) return;
  const { backgroundColor, borderTopWidth, borderTopStyle, borderTopColor, borderTopLeftRadius } =
    getComputedStyle(element);
  const border = borderTopStyle === 'none' ? 0 : Number.parseFloat(borderTopWidth);
  const { x, y, width, height } = element.getBoundingClientRect();
  context.beginPath();
  context.roundRect(
    x + border / 2,
    y + border / 2,
    Math.max(0, width - border),
    Math.max(0, height - border),
    Number.parseFloat(borderTopLeftRadius) || 0,
  );
  context.fillStyle = backgroundColor;
  context.fill();
  if (border === 0) return;
  context.strokeStyle = borderTopColor;
  context.lineWidth = border;
  context.stroke();
}

/** Each line of text where the page has it. */
function drawWords(context: CanvasRenderingContext2D, stage: HTMLElement): void {
  const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
  context.textBaseline = 'alphabetic';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || parent.closest(`${HIDDEN}, svg`)) continue;
    const style = getComputedStyle(parent);
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = style.color;
    for (const { text, x, y, height } of linesOf(node)) {
      const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = context.measureText(text);
      context.fillText(text, x, y + (height - up - down) / 2 + up);
    }
  }
}

interface Line {
  text: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** Words that stand on one line go together. */
function linesOf(node: Node): Line[] {
  const content = node.textContent ?? '';
  const range = document.createRange();
  const lines: Line[] = [];
  for (const { 0: word, index } of content.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const [box] = range.getClientRects();
    if (!box) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.y - box.y) < 2) last.text += word;
    else lines.push({ text: word, x: box.x, y: box.y, height: box.height });
  }
  return lines;
}
