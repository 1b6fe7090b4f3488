/** Values of parameters that are a date with a time, which no zone belongs to. */

/** "2022-11-10T08:30:00" as people write it: "2022-11-10 08:30"; any other text as it is. */
export function withoutT(text: string): string {
  const [, day, time, seconds = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return text;
  return `${day} ${time}${/^:00(\.0+)?$/.test(seconds) ? '' : seconds}`;
}
