// The two ways to the server: parts of pages (HTML that the server has escaped), and the REST interface in the rep's own name.

/** The session has ended: nothing can be fetched until the rep signs in again. */
export class SignedOut extends Error {}

// The one place where text becomes HTML. What comes in is rendered by the server, where every text from outside is escaped.
const policy = globalThis.trustedTypes?.createPolicy('tracker-parts', { createHTML: html => html });

async function refuse(response) {
  if (response.status === 401) throw new SignedOut('You are signed out.');
  let problem = null;
  try {
    problem = await response.json();
  } catch {
    // No problem document: something between here and the server answered.
  }
  throw new Error(problem?.detail ?? problem?.title ?? `The server answered ${response.status}. Try again.`);
}

/** Fetches a part of a page. */
export async function part(path) {
  const response = await fetch(path, { headers: { Accept: 'text/html' }, cache: 'no-store' });
  if (!response.ok) await refuse(response);
  const html = await response.text();
  const template = document.createElement('template');
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

/** Posts to the REST interface. */
export async function post(path, body) {
  const response = await fetch('/api/v1' + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Form-Token': document.querySelector('meta[name=form-token]').content, 'Idempotency-Key': crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) await refuse(response);
  return response.json();
}
