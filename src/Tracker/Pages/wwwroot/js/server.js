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

/** A connection can go dead without a word; what is asked over it would hang for ever. */
const patience = 30_000;

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, signal: AbortSignal.timeout(patience) });
  } catch (error) {
    throw new Error(error.name === 'TimeoutError' ? 'The server did not answer in time. Try again.' : 'The server could not be reached. Try again.', { cause: error });
  }
}

/** Fetches a part of a page. */
export async function part(path) {
  const response = await reach(path, { headers: { Accept: 'text/html' }, cache: 'no-store' });
  if (!response.ok) await refuse(response);
  const html = await response.text();
  const template = document.createElement('template');
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

/** Posts to the REST interface. */
export async function post(path, body) {
  const response = await reach('/api/v1' + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Form-Token': document.querySelector('meta[name=form-token]').content, 'Idempotency-Key': crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) await refuse(response);
  return response.json();
}

/** Sends a form to a page's own route; the page that it answers with is not shown. */
export async function submit(path, fields) {
  const response = await reach(path, { method: 'POST', headers: { 'X-Form-Token': document.querySelector('meta[name=form-token]').content }, body: new URLSearchParams(fields) });
  if (response.redirected && new URL(response.url).pathname === '/sign-in') throw new SignedOut('You are signed out.');
  if (!response.ok) await refuse(response);
}

/** Posts a body as it is, and tells how much of it has gone: fetch cannot say that. */
export function send(path, body, type, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1' + path);
    request.setRequestHeader('Content-Type', type);
    request.upload.onprogress = event => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onerror = () => reject(new Error('The server could not be reached. Try again.'));
    request.onload = () => {
      if (request.status === 401) reject(new SignedOut('You are signed out.'));
      else if (request.status >= 300) refuse(new Response(request.responseText, { status: request.status })).catch(reject);
      else resolve(JSON.parse(request.responseText));
    };
    request.send(body);
  });
}
