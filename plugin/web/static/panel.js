// What the pages of the panel do beside htmx, which sends their links and forms by fetch, so that App Bridge signs them.
// Without any script links still work, by way of the page that fetches a token first; forms do not.
(() => {
  "use strict";

  const OURS = new URL(document.currentScript.src);
  const here = () => location.pathname + location.search;
  const byId = (id) => document.getElementById(id);

  // --- What is under way, and the look again: data-again="5" is looked at again so many seconds later.

  let next;
  let busy = 0; // requests that the merchant waits for
  let wish = 0; // what the merchant asked for last: an answer to anything before it comes too late to be shown

  const lookAgain = () => {
    clearTimeout(next);
    const moving = document.querySelector("[data-again]");
    if (!moving) return;
    next = setTimeout(() => {
      if (document.hidden || typing() || busy) lookAgain();
      else htmx.ajax("GET", here(), { target: document.body, swap: "innerMorph", look: true });
    }, moving.dataset.again * 1000);
  };

  const fields = (within) => [...within.querySelectorAll("input:not([type=hidden]), select, textarea")];
  // A select that names no option as chosen shows its first.
  const atFirst = ({ options }) => ([...options].find((one) => one.defaultSelected) || options[0] || {}).value;
  const isChanged = (field) =>
    field.options ? field.value !== atFirst(field) : field.value !== field.defaultValue || field.checked !== field.defaultChecked;

  // Whoever fills in a form keeps it.
  const typing = () => fields(document).some((field) => field === document.activeElement || isChanged(field));

  // --- Where the focus was, and where it goes.

  let left; // what had the focus when the merchant asked

  const sameAs = (one) => {
    if (one.id) return byId(one.id);
    const marks = (other) => `${other.form?.action} ${other.getAttribute("aria-label")} ${other.outerHTML.replace(' disabled=""', "")}`;
    return [...document.querySelectorAll(one.tagName)].find((other) => marks(other) === marks(one));
  };

  const focusAfter = (moved) => {
    const wrong = document.querySelector("[aria-invalid=true]");
    const same = !moved && left && sameAs(left);
    (wrong || same || byId("content")).focus({ preventScroll: !wrong });
  };

  // --- What is said: to who cannot see it, by toast in the admin, or where the page begins.

  const said = () => [...document.querySelectorAll("[data-said]")].map((one) => one.dataset.said).join(". ");
  let lastSaid = said();
  const say = (words) => (byId("said").textContent = words);

  const toasts = () => {
    for (const one of document.querySelectorAll("[data-toast]")) window.shopify?.toast.show(one.dataset.toast);
    const address = new URL(location.href);
    // A reload tells nothing twice.
    if (address.searchParams.has("said")) {
      address.searchParams.delete("said");
      history.replaceState(history.state, "", address);
    }
  };

  const trouble = (words = "") => {
    byId("trouble").hidden = !words;
    byId("trouble").textContent = words;
  };

  // --- Answers.

  const keep = async (answer) => {
    const named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = named ? named[1] : "regulars";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const pathOf = (url) => new URL(url, location.href).pathname;

  // A look leaves open what the merchant has unfolded.
  htmx.registerExtension("panel", {
    htmx_before_morph_attr: (element, { attrName }) => !(element.tagName === "DETAILS" && attrName === "open"),
  });

  const on = (name, listener) => document.addEventListener(`htmx:${name}`, (event) => listener(event.detail.ctx || {}, event));

  // Before the form's buttons are disabled: what is disabled loses the focus.
  on("config:request", (ctx) => {
    left = document.activeElement;
    // It may hold a session token, and we know where we are.
    delete ctx.request.headers["HX-Current-URL"];
  });

  on("before:request", (ctx) => {
    ctx.wish = ctx.look ? wish : (wish += 1);
    if (ctx.look) return;
    busy += 1;
    ctx.counted = true;
    clearTimeout(next);
    trouble();
    window.shopify?.loading?.(true);
  });

  on("before:response", (ctx, event) => {
    const answer = ctx.response.raw;
    const download = (answer.headers.get("Content-Disposition") || "").startsWith("attachment");
    if (download) keep(answer);
    // What is shown is still worth more than an apology.
    if (download || (ctx.look && !answer.ok)) event.preventDefault();
    else if (ctx.request.method !== "GET") {
      // A refused form has no address of its own; one that leads back here is no step to go back from.
      const here = answer.redirected && pathOf(answer.url) === location.pathname;
      if (!answer.redirected || here) ctx.push = "false";
      if (here) ctx.replace = "true";
    }
  });

  on("before:swap", (ctx, event) => {
    const { ok, url } = ctx.response.raw;
    const current = ctx.text.includes(OURS.pathname + OURS.search);
    ctx.moved = ctx.sourceElement === document.body || pathOf(url) !== location.pathname;
    if (ctx.wish !== wish || (ctx.look && (typing() || !current))) event.preventDefault();
    else if (!ctx.text.includes('id="said"')) {
      // Somebody between here and the app answered.
      event.preventDefault();
      trouble(document.body.dataset.noAnswer);
    } else if (ok && !current) {
      // The app is another version by now: its styles and scripts come with a whole page.
      event.preventDefault();
      location.assign(url);
    } else document.documentElement.lang = /<html[^>]* lang="([\w-]+)"/.exec(ctx.text)?.[1] || "en";
  });

  on("after:swap", (ctx) => {
    const now = said();
    if (!ctx.look) {
      focusAfter(ctx.moved);
      say(now || ctx.title);
      toasts();
    } else if (now !== lastSaid) say(now);
    lastSaid = now;
    document.dispatchEvent(new CustomEvent("panel:shown"));
  });

  on("finally:request", (ctx) => {
    if (ctx.counted) busy -= 1;
    if (!busy) window.shopify?.loading?.(false);
    lookAgain();
  });

  on("error", (ctx) => {
    if (!ctx.look && ctx.wish === wish) trouble(document.body.dataset.noAnswer);
  });

  // --- Clicks.

  document.addEventListener(
    "click",
    async (clicked) => {
      const link = clicked.target.closest("a[href]");
      if (!link) return;
      // htmx would swallow a click that opens another tab.
      if (clicked.ctrlKey || clicked.metaKey || clicked.shiftKey) return clicked.stopPropagation();
      const unsaved = [...document.querySelectorAll("form[data-save-bar]")].some((form) => fields(form).some(isChanged));
      if (!unsaved || link.target || link.hash || link.dataset.sure) return;
      clicked.preventDefault();
      clicked.stopPropagation();
      await window.shopify.saveBar.leaveConfirmation();
      link.dataset.sure = "yes";
      link.click();
    },
    true,
  );

  // <button data-scopes="read_all_orders" data-refused="...">: Shopify asks the merchant for these.
  document.addEventListener("click", async (clicked) => {
    const button = clicked.target.closest("button[data-scopes]");
    if (!button) return;
    clicked.preventDefault();
    trouble();
    // Shopify throws at what it does not ask for.
    const answer = await window.shopify.scopes.request(button.dataset.scopes.split(",")).catch(() => ({}));
    if (answer.result !== "granted-all") return trouble(button.dataset.refused);
    const again = () => htmx.ajax("GET", here(), { target: document.body, replace: "true" });
    again();
    // The app hears of it from Shopify, which may take a moment.
    setTimeout(() => document.querySelector("button[data-scopes]") && again(), 3000);
  });

  toasts();
  lookAgain();
})();
