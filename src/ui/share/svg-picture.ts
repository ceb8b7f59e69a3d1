/** An SVG of the page as a file of its own: what style sheets say of it is written into it. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'visibility',
] as const;

/** `background`: a colour; undefined leaves it transparent. */
export function svgText(svg: SVGSVGElement, background?: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  writeStyles(svg, copy);
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  if (background !== undefined) copy.prepend(ground(background));
  return new XMLSerializer().serializeToString(copy);
}

function writeStyles(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  // `currentColor` is resolved by the browser already.
  for (const name of STYLES) to.setAttribute(name, computed.getPropertyValue(name));
  to.removeAttribute('class');
  [...from.children].forEach((child, i) => {
    writeStyles(child, to.children[i]);
  });
}

function ground(colour: string): SVGRectElement {
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  rect.setAttribute('width', '100%');
  rect.setAttribute('height', '100%');
  rect.setAttribute('fill', colour);
  return rect;
}

/** The same, ready to be drawn into a canvas. */
export async function svgImage(svg: SVGSVGElement): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  return image;
}
