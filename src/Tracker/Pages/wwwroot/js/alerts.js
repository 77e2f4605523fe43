// Desktop notification and a quiet sound, only when asked for and within a budget an hour that all tabs of the browser share.

const store = 'tracker.alerts';
const spent = 'tracker.alerted';
const hour = 3_600_000;
const settings = { notify: false, sound: false, budget: 6, ...read(store, {}) };

function read(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? fallback;
  } catch {
    return fallback;
  }
}

const save = () => localStorage.setItem(store, JSON.stringify(settings));

/** Whether one more is within the budget; if so it is spent. The same call alerts once, whichever tab is first. */
function spend(what) {
  const now = Date.now();
  const before = read(spent, []).filter(one => now - one.at < hour);
  if (before.length >= settings.budget || before.some(one => one.what === what)) return false;
  localStorage.setItem(spent, JSON.stringify([...before, { what, at: now }]));
  return true;
}

/** Two soft notes, a fifth apart, a quarter of a second. */
function ring() {
  const audio = new AudioContext();
  [[523, 0], [784, 0.12]].forEach(([pitch, from]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, audio.currentTime + from);
    volume.gain.linearRampToValueAtTime(0.06, audio.currentTime + from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + from + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + from);
    tone.stop(audio.currentTime + from + 0.32);
  });
  setTimeout(() => audio.close(), 1000);
}

/** Tells of a new call. */
export function alertOf(card) {
  if (!settings.notify && !settings.sound) return;
  if (!spend(`${card.id} ${card.dataset.at}`)) return;
  if (settings.sound) ring();
  if (settings.notify && Notification.permission === 'granted') {
    const note = new Notification(card.dataset.who, { body: card.dataset.did, tag: card.id, icon: '/icon.svg', silent: true });
    note.onclick = () => {
      focus();
      document.getElementById(card.id)?.focus();
      note.close();
    };
  }
}

async function wantNotify(box, about) {
  if (!box.checked) {
    settings.notify = false;
  } else if (!('Notification' in globalThis)) {
    about.textContent = 'This browser has no notifications here: they need https, or this machine’s own address.';
    box.checked = false;
  } else {
    const answer = await Notification.requestPermission();
    settings.notify = answer === 'granted';
    box.checked = settings.notify;
    if (!settings.notify) about.textContent = 'The browser does not allow notifications for this page. Allow them beside its address, then tick this again.';
  }
  save();
}

export function startAlerts() {
  const notify = document.getElementById('alert-notify');
  const sound = document.getElementById('alert-sound');
  const budget = document.getElementById('alert-budget');
  notify.checked = settings.notify && globalThis.Notification?.permission === 'granted';
  sound.checked = settings.sound;
  budget.value = settings.budget;
  notify.addEventListener('change', () => wantNotify(notify, document.getElementById('alert-about')));
  sound.addEventListener('change', () => {
    settings.sound = sound.checked;
    save();
    if (sound.checked) ring();
  });
  budget.addEventListener('change', () => {
    settings.budget = Math.min(60, Math.max(1, Math.round(Number(budget.value)) || 6));
    budget.value = settings.budget;
    save();
  });
}
