/** Around the lessons: list, prediction, run, check. */

export const notRunYet = 'not run yet';
export const notOverYet = 'not over yet';
export const notMarkedYet = 'not marked yet';
export const yourGuess = 'your guess';
export const yourGuessIs = (guess: string) => ` Your guess: ${guess}.`;

export const allLessons = '← All lessons';
export const nextLesson = (title: string) => `Next: ${title}`;
export const toTheResult = 'To the result';
export const otherRunOpened = 'Another run was opened on the page; the lesson’s own was left.';
export const runStopped = 'The run stopped. Running it again sets it up anew.';
export const runIt = 'Run it';
export const runItAgain = 'Run it again';
export const skipPrediction = 'Skip the prediction';
export const predictFirst = 'Predict first, then run.';
export const goOn = 'Go on';

export const skipped = 'You skipped the prediction.';
export const asPredicted = 'As you predicted.';
export const notAsPredicted = 'Not as you predicted.';
export const veryNear = 'Very near';
export const notFar = 'Not far';
export const farFromIt = 'Far from it';
export const judged = (near: string, marked: string, result: string) =>
  `${near}: you marked ${marked}, it was ${result}.`;

export const lessons = 'Lessons';
export const closeLessons = 'Close the lessons';
export const doneOf = (done: number, lessons: number) => `${done} of ${lessons} done`;
export const saved = '. Saved on this device.';
export const notSaved = '. Not saved: this browser keeps nothing for this page.';
export const eachAsks = 'Each asks one question: predict, run, see why.';
export const done = '(done)';
export const askFirst = 'Ask for a prediction first';
export const forget = 'Forget what was done';
export const glossary = (terms: number) => `Glossary: ${terms} terms`;

export const beingSetUp = 'Being set up.';
export const check = 'Check';
export const right = 'Right. ';
export const notQuite = 'Not quite. ';
export const pointsAtGuess = '← your guess';
export const pointsAtResult = '← what happened';
