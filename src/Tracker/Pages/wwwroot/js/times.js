// Times in the browser's zone. The server renders them in the zone that the cookie below names; until it knows, this puts them right.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const two = n => String(n).padStart(2, '0');

export function ago(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 1440)} d ago`;
}

function text(at, form, now) {
  if (form === 'ago') return ago(now - at);
  const day = `${days[at.getDay()]} ${at.getDate()} ${months[at.getMonth()]}${at.getFullYear() === now.getFullYear() ? '' : ' ' + at.getFullYear()}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (form === 'day') return day;
  return form === 'clock' && at.toDateString() === now.toDateString() ? clock : `${day}, ${clock}`;
}

/** Writes the times below a node anew; those that already read so are left alone. */
export function showTimes(root = document) {
  const now = new Date();
  for (const node of root.querySelectorAll('time[data-when]')) {
    const shown = text(new Date(node.dateTime), node.dataset.when, now);
    if (node.textContent !== shown) node.textContent = shown;
  }
}

export function startTimes() {
  // A preference, not an identity: it only says in which zone to write times.
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
  showTimes();
  setInterval(showTimes, 15_000);
}
