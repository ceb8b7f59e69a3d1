/** Keeps a test's browser from talking to anyone but the test. */
export const BROWSER_ARGUMENTS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A process kept ready for a next page is started and thrown away for each test's.
  // Each new window loads two pages of the address bar's own, which no test shows: half of a window's time.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess',
];
