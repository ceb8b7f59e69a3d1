/** What each key does. */

export const spaceOrAltK = 'Space or Alt+K';
export const migratePlayOrPause = 'Migrate, play or pause';
export const nextEvent = 'Next event';
export const nextRound = 'Next round';
export const previousEvent = 'Previous event';
export const previousRound = 'Previous round';
export const toTheStart = 'Back to the start of the run';
export const reset = 'Reset: set the scenario up anew';
export const toTheEnd = 'Run to the end';
export const faster = 'Faster';
export const slower = 'Slower';
export const closer = 'Timeline closer';
export const farther = 'Timeline farther';
export const wholeTimeline = 'The whole timeline';
export const otherSpacing = 'Timeline: events evenly spaced, or time';
export const nextWritten = 'Page cursor: next page written again';
export const previousWritten = 'Page cursor: previous page written again';
export const compare = 'Compare runs side by side, and back';
export const inside = 'Look inside: frames, consoles, processor, and back';
export const dataCentres = 'Two data centers, and back';
export const lessons = 'Lessons, and back';
export const present =
  'Show to a hall: large, without controls (PageDown, PageUp: cues; .: blank; Esc: back)';
export const scenario = (title: string) => `Scenario: ${title}`;
