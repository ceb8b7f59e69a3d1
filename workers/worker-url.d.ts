/** Vite's suffix that bundles a worker's entry and gives its address. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}
