/**
 * `<graydeck-feedback>`: a button that opens a form for feedback on a release, and sends it to `graydeck serve`.
 *
 * A web component without dependencies, for browsers. Attributes: `src`, the address of `serve`, or `action`, the address
 * that takes the feedback; `token`, a token with the scope `feedback`; `deployment-phase` and `deployment-version`;
 * `feature` and `user`; `lang`, `en` or `zh`. Events: `graydeck-feedback-submit` before it is sent, which
 * `preventDefault` keeps from being sent, and `graydeck-feedback-sent`. Both hold the feedback in `detail`.
 */

const TYPES = ['bug', 'suggestion', 'experience', 'performance'];
const RATINGS = [1, 2, 3, 4, 5];
const LONGEST_MESSAGE = 4000;
const SENT_WITHIN_MS = 15_000;

const WORDS = {
  en: {
    open: 'Feedback',
    title: 'Your feedback',
    about: (phase, version) => `Phase ${phase}, version ${version}`,
    type: 'What is it about?',
    bug: 'A fault',
    suggestion: 'A suggestion',
    experience: 'How it feels to use',
    performance: 'Speed or stability',
    rating: 'How do you rate it?',
    ends: ['1, worst', '5, best'],
    message: 'Your message',
    send: 'Send',
    sending: 'Sending…',
    cancel: 'Cancel',
    close: 'Close',
    thanks: 'Thank you. Your feedback was sent.',
    missing: {
      type: 'Choose what it is about.',
      rating: 'Choose a rating.',
      message: 'Write a message.',
    },
    failed: why => `Your feedback was not sent: ${why}. Your text is still here; try again.`,
    status: {
      401: 'this page is not known to the server',
      403: 'this page may not send feedback',
      429: 'too many messages, wait a moment',
    },
    refused: status => `the server answered ${status}`,
    away: 'the server cannot be reached',
  },
  zh: {
    open: '反馈',
    title: '您的反馈',
    about: (phase, version) => `阶段 ${phase}，版本 ${version}`,
    type: '反馈类型',
    bug: '功能故障',
    suggestion: '功能建议',
    experience: '使用体验',
    performance: '速度或稳定性',
    rating: '评分',
    ends: ['1 最差', '5 最好'],
    message: '反馈内容',
    send: '提交',
    sending: '正在提交…',
    cancel: '取消',
    close: '关闭',
    thanks: '谢谢，反馈已提交。',
    missing: {type: '请选择反馈类型。', rating: '请选择评分。', message: '请填写反馈内容。'},
    failed: why => `反馈未能提交：${why}。内容仍然保留，请重试。`,
    status: {401: '服务器不认识此页面', 403: '此页面无权提交反馈', 429: '提交过于频繁，请稍候'},
    refused: status => `服务器返回 ${status}`,
    away: '无法连接服务器',
  },
};

const STYLE = `
:host { display: inline-block; color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
button, textarea { font: inherit; border-radius: 6px; border: 1px solid light-dark(#6b7280, #8b95a5); }
button { padding: 0.4em 1em; cursor: pointer; color: light-dark(#1f2937, #e5e7eb); background: light-dark(#ffffff, #1f2937); }
button.main { color: light-dark(#ffffff, #111827); background: light-dark(#1d4ed8, #93c5fd); border-color: transparent; }
button:disabled { cursor: default; opacity: 0.7; }
:focus-visible { outline: 3px solid light-dark(#1d4ed8, #93c5fd); outline-offset: 2px; }
dialog { width: min(32rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); overflow: auto; padding: 1.5rem;
  border: 1px solid light-dark(#9ca3af, #6b7280); border-radius: 12px;
  color: light-dark(#1f2937, #e5e7eb); background: light-dark(#ffffff, #111827); }
dialog::backdrop { background: rgb(0 0 0 / 50%); }
h2 { margin: 0; font-size: 1.25em; }
p { margin: 0.25rem 0 0; }
.about { color: light-dark(#4b5563, #b6bfcc); overflow-wrap: anywhere; }
fieldset { margin: 1rem 0 0; padding: 0; border: 0; }
legend, label.text { padding: 0; margin: 1rem 0 0.25rem; font-weight: 600; display: block; }
legend { margin-top: 0; }
.choices { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.choices label { display: inline-flex; gap: 0.4em; align-items: center; padding: 0.15em 0; }
textarea { display: block; width: 100%; min-height: 6em; padding: 0.5em; resize: vertical;
  color: inherit; background: light-dark(#ffffff, #1f2937); }
.row { display: flex; gap: 0.75rem; justify-content: flex-end; margin-top: 1rem; }
.status { min-height: 1.5em; margin-top: 0.75rem; }
.status.bad { color: light-dark(#b91c1c, #fca5a5); }
`;

/** @param {string} name @param {Record<string, string | number | boolean>} [attributes] @param {(Node | string)[]} [children] */
function make(name, attributes = {}, children = []) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false) element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

function choices(name, legend, options) {
  const labels = options.map(([value, text]) =>
    make('label', {}, [make('input', {type: 'radio', name, value}), text]),
  );
  return make('fieldset', {}, [make('legend', {}, [legend]), make('div', {class: 'choices'}, labels)]);
}

// A server that renders pages may import the module, too.
const Base = globalThis.HTMLElement ?? Object;

export class GraydeckFeedback extends Base {
  static observedAttributes = ['lang', 'deployment-phase', 'deployment-version'];
  #root;
  #isSending = false;
  #dialog = null;

  constructor() {
    super();
    this.#root = this.attachShadow({mode: 'open'});
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (this.#dialog === null) this.#draw();
  }

  attributeChangedCallback() {
    // What is written in an open form stays.
    if (this.#dialog !== null && !this.#dialog.open) this.#draw();
  }

  get #words() {
    const lang = this.closest('[lang]')?.getAttribute('lang') ?? navigator.language;
    return lang.toLowerCase().startsWith('zh') ? WORDS.zh : WORDS.en;
  }

  #draw() {
    const t = this.#words;
    const phase = this.getAttribute('deployment-phase') ?? '';
    const version = this.getAttribute('deployment-version') ?? '';
    const opener = make('button', {type: 'button', part: 'button', 'aria-haspopup': 'dialog'}, [t.open]);
    const message = {
      id: 'message',
      name: 'message',
      maxlength: LONGEST_MESSAGE,
      'aria-describedby': 'status',
    };
    const form = make('form', {novalidate: true}, [
      choices(
        'type',
        t.type,
        TYPES.map(type => [type, t[type]]),
      ),
      choices(
        'rating',
        t.rating,
        RATINGS.map(rating => [rating, rating === 1 ? t.ends[0] : rating === 5 ? t.ends[1] : rating]),
      ),
      make('label', {for: 'message', class: 'text'}, [t.message]),
      make('textarea', message),
      make('p', {id: 'status', class: 'status', role: 'status', 'aria-live': 'polite'}),
      make('div', {class: 'row'}, [
        make('button', {type: 'button', class: 'cancel'}, [t.cancel]),
        make('button', {type: 'submit', class: 'main'}, [t.send]),
      ]),
    ]);
    this.#dialog = make('dialog', {part: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'about'}, [
      make('h2', {id: 'title'}, [t.title]),
      make('p', {id: 'about', class: 'about'}, [t.about(phase, version)]),
      form,
    ]);
    this.#root.replaceChildren(opener, this.#dialog);
    opener.addEventListener('click', () => this.show());
    form.querySelector('.cancel').addEventListener('click', () => this.#dialog.close());
    form.addEventListener('submit', event => {
      event.preventDefault();
      void this.#submit(form);
    });
  }

  /** Opens the form. */
  show() {
    if (this.#dialog === null || this.#dialog.open) return;
    if (this.#dialog.querySelector('form').dataset.sent !== undefined) {
      // A form that was sent begins anew. The browser gives the focus back to the button in the end.
      this.#draw();
      this.#root.querySelector('button').focus();
    }
    this.#dialog.showModal();
  }

  #say(text, isBad) {
    const status = this.#root.querySelector('.status');
    status.textContent = text;
    status.classList.toggle('bad', isBad);
  }

  /** What the form holds; null, with the first field that lacks focused, if something is missing. */
  #read(form) {
    const data = new FormData(form);
    const text = name => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    for (const name of ['type', 'rating', 'message']) {
      if (text(name) !== '') continue;
      this.#say(this.#words.missing[name], true);
      form.querySelector(`[name="${name}"]`).focus();
      return null;
    }
    const [feature, user] = [this.getAttribute('feature'), this.getAttribute('user')];
    return {
      ...(feature === null ? {} : {feature}),
      type: text('type'),
      message: text('message'),
      rating: Number(text('rating')),
      deployment_phase: this.getAttribute('deployment-phase') ?? '',
      deployment_version: this.getAttribute('deployment-version') ?? '',
      ...(user === null ? {} : {user_id: user}),
    };
  }

  async #submit(form) {
    const t = this.#words;
    const detail = this.#isSending ? null : this.#read(form);
    if (detail === null) return;
    const about = {detail, bubbles: true, composed: true};
    const isTaken = !this.dispatchEvent(
      new CustomEvent('graydeck-feedback-submit', {...about, cancelable: true}),
    );
    const button = form.querySelector('[type="submit"]');
    this.#isSending = true;
    button.disabled = true;
    this.#say(t.sending, false);
    const why = isTaken ? null : await this.#send(detail);
    this.#isSending = false;
    button.disabled = false;
    if (why !== null) return this.#say(t.failed(why), true);
    form.dataset.sent = '';
    const close = form.querySelector('.cancel');
    close.textContent = t.close;
    button.remove();
    this.#say(t.thanks, false);
    close.focus();
    this.dispatchEvent(new CustomEvent('graydeck-feedback-sent', about));
  }

  /** Sends feedback. Resolves to null, or to why it was not taken. */
  async #send(feedback) {
    const t = this.#words;
    const token = this.getAttribute('token');
    const base = (this.getAttribute('src') ?? '').replace(/\/+$/u, '');
    try {
      const answer = await fetch(this.getAttribute('action') ?? `${base}/api/v1/canary/feedback`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : {authorization: `Bearer ${token}`}),
        },
        body: JSON.stringify(feedback),
        signal: AbortSignal.timeout(SENT_WITHIN_MS),
      });
      return answer.ok ? null : (t.status[answer.status] ?? t.refused(answer.status));
    } catch {
      return t.away;
    }
  }
}

if (globalThis.customElements !== undefined && customElements.get('graydeck-feedback') === undefined)
  customElements.define('graydeck-feedback', GraydeckFeedback);
