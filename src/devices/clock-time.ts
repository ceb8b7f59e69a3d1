/** Time of day and date as an MC146818 shows them: BCD or binary, 24 or 12 hours (data sheet, "Time, Calendar and Alarm Data Modes"). */
import { dayOf, daysOf } from './calendar.ts';

const DAY = 86_400;
const B_BINARY = 0x04;
const B_24_HOURS = 0x02;
const PM = 0x80;

export type TimeField =
  | 'second'
  | 'minute'
  | 'hour'
  | 'weekday'
  | 'day'
  | 'month'
  | 'year'
  | 'century';

export type TimeFields = Readonly<Record<TimeField, number>>;

/** `date`: seconds since 1970. */
export function timeFields(date: number): TimeFields {
  const days = Math.floor(date / DAY);
  const rest = date - days * DAY;
  const { year, month, day } = dayOf(days);
  return {
    second: rest % 60,
    minute: Math.floor(rest / 60) % 60,
    hour: Math.floor(rest / 3600),
    // 1 is Sunday; 1970 began on a Thursday.
    weekday: ((((days + 4) % 7) + 7) % 7) + 1,
    day,
    month,
    year: year % 100,
    century: Math.floor(year / 100),
  };
}

/** The date with one of its fields changed; what exceeds a field's range counts on into the next. */
export function withField(fields: TimeFields, name: TimeField, value: number): number {
  const changed = { ...fields, [name]: value };
  const year = changed.century * 100 + changed.year;
  const month = Math.min(12, Math.max(1, changed.month));
  const days = daysOf({ year, month, day: changed.day });
  return days * DAY + changed.hour * 3600 + changed.minute * 60 + changed.second;
}

/** Between a number and the form that register B asks for. */
export const clockValue = {
  encode(field: TimeField, value: number, control: number): number {
    const isHalf = field === 'hour' && (control & B_24_HOURS) === 0;
    const number = isHalf ? value % 12 || 12 : value;
    const shown = control & B_BINARY ? number : (Math.floor(number / 10) << 4) | (number % 10);
    return isHalf && value >= 12 ? shown | PM : shown;
  },
  decode(field: TimeField, value: number, control: number): number {
    const isHalf = field === 'hour' && (control & B_24_HOURS) === 0;
    const digits = isHalf ? value & ~PM : value;
    const number = control & B_BINARY ? digits : (digits >> 4) * 10 + (digits & 0x0f);
    if (!isHalf) return number;
    return (number % 12) + (value & PM ? 12 : 0);
  },
};

/** Seconds until the time of day next matches, 1 to 86,400; undefined fields match anything. */
export function nextMatch(
  date: number,
  hour: number | undefined,
  minute: number | undefined,
  second: number | undefined,
): number | undefined {
  const start = ((date % DAY) + DAY) % DAY;
  for (let wait = 1; wait <= DAY; ) {
    const time = (start + wait) % DAY;
    // Whole hours and minutes that cannot match are passed over.
    if (hour !== undefined && Math.floor(time / 3600) !== hour) wait += 3600 - (time % 3600);
    else if (minute !== undefined && Math.floor(time / 60) % 60 !== minute)
      wait += 60 - (time % 60);
    else if (second !== undefined && time % 60 !== second) wait += 1;
    else return wait;
  }
  return undefined;
}
