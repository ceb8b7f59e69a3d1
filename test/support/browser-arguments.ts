/** Keeps a test's browser from talking to anyone but the test. */
export const BROWSER_ARGUMENTS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
