/**
 * Keeps a page fresh by server-sent events. It puts in what the server has rendered and escaped, makes nothing of data
 * itself, and says when the connection is lost or the link has ended. Where a proxy holds events back it asks again
 * and again instead.
 */
export const SCRIPT = `'use strict';
(() => {
  const page = document.getElementById('page');
  const note = document.getElementById('link');
  const icon = document.getElementById('icon');
  const words = page.dataset;
  let heard = performance.now();
  let isOver = false;
  const say = (text, isLost) => {
    if (note.textContent !== text) note.textContent = text;
    note.className = isLost ? 'lost' : '';
    page.classList.toggle('lost', isLost);
  };
  const put = news => {
    heard = performance.now();
    if (news.title !== undefined) document.title = news.title;
    if (news.icon !== undefined) icon.href = news.icon;
    for (const [id, html] of Object.entries(news.parts)) {
      const place = document.getElementById(id);
      if (place !== null) place.innerHTML = html;
    }
    say(words.live, false);
  };
  const end = () => {
    isOver = true;
    source.close();
    page.replaceChildren();
    document.title = '○ ' + words.ended;
    say(words.ended, true);
  };
  const ask = async () => {
    const answer = await fetch(location.href, {headers: {accept: 'application/json'}, cache: 'no-store'});
    if (answer.status === 404 || answer.status === 401) return end();
    if (answer.ok) put(await answer.json());
  };
  const source = new EventSource(location.href);
  source.addEventListener('page', event => put(JSON.parse(event.data)));
  source.addEventListener('gone', end);
  source.onerror = () => {
    if (!isOver && source.readyState === EventSource.CLOSED) ask().catch(() => undefined);
  };
  setInterval(() => {
    const silent = performance.now() - heard;
    if (isOver || silent < 6000) return;
    say(words.lost, true);
    ask().catch(() => undefined);
  }, 3000);
})();`;
