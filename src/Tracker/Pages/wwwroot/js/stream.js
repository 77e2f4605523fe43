// Says "look again" when something is on the feed. What is new is then fetched by the id seen last, so nothing is missed or doubled however
// the connection fares. One tab of a browser holds the stream for all of them: browsers allow six connections to a server, and reps many tabs.

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tracker-feed') : null;
const types = ['hit', 'hit.judged', 'prompt.raised', 'prompt.refreshed', 'prompt.withdrawn', 'prompt.expired', 'prompt.closed', 'prompt.handed', 'forwarded.likely', 'reply', 'delivery.failed', 'touch.due'];
const longestPause = 30_000;
/** How often it is asked without having been told: a connection can die without either end noticing. */
const patience = 60_000;
/** A timer that comes this late was asleep with the machine; browsers delay those of hidden tabs by a minute at most. */
const asleep = 3 * 60_000;

/**
 * @param {() => number} at The id of the last entry on the page.
 * @param {() => Promise<boolean>} look Something may be new; whether it was.
 * @param {(connected: boolean) => void} state Whether the stream stands.
 */
export function follow(at, look, state) {
  let pause = 1000;
  let source = null; // In the tab that holds the stream.
  let told = Date.now();

  function open() {
    source?.close();
    source = new EventSource(`/api/v1/feed?after=${at()}`);
    const mine = source;
    const tell = message => {
      told = Date.now();
      channel?.postMessage(message);
      if (message === 'look') look();
      else state(message === 'up');
    };
    source.onopen = () => { pause = 1000; };
    source.addEventListener('ready', () => { tell('up'); tell('look'); });
    for (const type of types) source.addEventListener(type, () => tell('look'));
    source.onerror = () => {
      tell('down');
      if (mine.readyState !== EventSource.CLOSED) return;
      // The browser gives up when it is answered anything but a stream, such as a proxy's error while the server starts.
      setTimeout(() => { if (source === mine) open(); }, pause);
      pause = Math.min(longestPause, pause * 2);
    };
  }

  /** Found something that the stream did not tell of: it is dead, and a new one takes its place. */
  async function ask() {
    const silent = Date.now() - told > patience / 2;
    if (await look() && silent && source) open();
  }

  let ticked = Date.now();
  setInterval(() => {
    const late = Date.now() - ticked > asleep;
    ticked = Date.now();
    // What stood before the machine slept may look alive for minutes.
    if (late && source) open();
    ask();
  }, patience);

  channel?.addEventListener('message', event => {
    told = Date.now();
    if (event.data === 'look') look();
    else state(event.data === 'up');
  });
  // A lock that is never given back while the tab lives; the next tab gets it when this one closes.
  if (channel && navigator.locks) navigator.locks.request('tracker-feed', () => { open(); return new Promise(() => {}); });
  else open();
  // A laptop that wakes, a network that is back: not every browser notices that the stream is dead.
  addEventListener('online', ask);
  addEventListener('pageshow', ask);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
}
