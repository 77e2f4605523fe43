// Says "look again" when something is on the feed. What is new is then fetched by the id seen last, so nothing is missed or doubled however
// the connection fares. One tab of a browser holds the stream for all of them: browsers allow six connections to a server, and reps many tabs.

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tracker-feed') : null;
const types = ['hit', 'hit.judged', 'prompt.raised', 'prompt.refreshed', 'prompt.withdrawn', 'prompt.expired', 'prompt.closed', 'prompt.handed', 'forwarded.likely', 'reply', 'delivery.failed', 'touch.due'];
const longestPause = 30_000;

/**
 * @param {number} after The id of the last entry on the page.
 * @param {() => void} look Something may be new.
 * @param {(connected: boolean) => void} state Whether the stream stands.
 */
export function follow(after, look, state) {
  let pause = 1000;

  function open() {
    const source = new EventSource(`/api/v1/feed?after=${after}`);
    const tell = message => {
      channel?.postMessage(message);
      if (message === 'look') look();
      else state(message === 'up');
    };
    source.onopen = () => { pause = 1000; };
    source.addEventListener('ready', () => { tell('up'); tell('look'); });
    for (const type of types) source.addEventListener(type, () => tell('look'));
    source.onerror = () => {
      tell('down');
      if (source.readyState !== EventSource.CLOSED) return;
      // The browser gives up when it is answered anything but a stream, such as a proxy's error while the server starts.
      source.close();
      setTimeout(open, pause);
      pause = Math.min(longestPause, pause * 2);
    };
  }

  channel?.addEventListener('message', event => {
    if (event.data === 'look') look();
    else state(event.data === 'up');
  });
  // A lock that is never given back while the tab lives; the next tab gets it when this one closes.
  if (channel && navigator.locks) navigator.locks.request('tracker-feed', () => { open(); return new Promise(() => {}); });
  else open();
  // A laptop that wakes, a network that is back: not every browser notices that the stream is dead.
  addEventListener('online', look);
  addEventListener('pageshow', look);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
}
