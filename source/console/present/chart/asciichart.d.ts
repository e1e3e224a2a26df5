/** asciichart ships no types; this is the part of it that is used. */
declare module 'asciichart' {
  interface PlotSettings {
    height?: number;
    min?: number;
    max?: number;
    offset?: number;
    format?: (value: number) => string;
  }
  const asciichart: {plot(series: readonly number[], settings?: PlotSettings): string};
  export default asciichart;
}
