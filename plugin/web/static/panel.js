// Forms, links and downloads of the panel go through fetch, which App Bridge signs with a session token.
// Without this script they still work, by way of the page that fetches a token first; forms do not.
(() => {
  "use strict";

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  // What the merchant asked for last; an answer to anything before it comes too late to be shown.
  let wish = 0;
  let next;
  const begin = () => {
    clearTimeout(next);
    wish += 1;
    return wish;
  };

  // The answer takes the page's place; its address does too, so that a reload shows the same.
  const show = async (response, remember, mine, unless = () => false) => {
    if ((response.headers.get("Content-Disposition") || "").startsWith("attachment")) {
      await keep(response);
    } else {
      const page = parse(await response.text());
      if (mine !== wish) return;
      if (!unless()) {
        document.title = page.title;
        document.body.replaceWith(page.body);
        remember(response.url);
        if (remember !== stay) window.scrollTo(0, 0);
      }
    }
    lookAgain();
  };

  // data-again="5": what is under way is looked at again, so many seconds later.
  const lookAgain = () => {
    clearTimeout(next);
    const moving = document.querySelector("[data-again]");
    if (!moving) return;
    const mine = wish;
    next = setTimeout(async () => {
      const response = document.hidden || typing() ? undefined : await get(location.href).catch(() => undefined);
      if (mine !== wish) return;
      // What is shown is still worth more than an apology.
      if (response && response.ok) await show(response, stay, mine, typing);
      else lookAgain();
    }, moving.dataset.again * 1000);
  };

  // Whoever fills in a form keeps it.
  const typing = () => {
    const fields = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
    const changed = ({ value, defaultValue, checked, defaultChecked }) =>
      (defaultValue !== undefined && value !== defaultValue) || checked !== defaultChecked;
    return fields.some((field) => field === document.activeElement || changed(field));
  };

  const keep = async (response) => {
    const named = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") || "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = named ? named[1] : "regulars";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const push = (url) => history.pushState(null, "", url);
  const replace = (url) => history.replaceState(null, "", url);
  const stay = () => {};

  const get = (url) => fetch(url, { headers: { Accept: "text/html" } });
  const go = async (url, remember) => {
    const mine = begin();
    await show(await get(url), remember, mine);
  };

  lookAgain();

  document.addEventListener("submit", async (submitted) => {
    const form = submitted.target;
    if (submitted.defaultPrevented || form.method !== "post") return;
    submitted.preventDefault();
    const buttons = form.querySelectorAll("button");
    const body = new URLSearchParams(new FormData(form, submitted.submitter));
    buttons.forEach((button) => (button.disabled = true));
    const mine = begin();
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      await show(response, response.redirected ? push : stay, mine);
    } catch {
      window.shopify.toast.show("There was no answer. Try again.", { isError: true });
      lookAgain();
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  });

  document.addEventListener("click", (clicked) => {
    const link = clicked.target.closest("a[href]");
    const plain = !(clicked.defaultPrevented || clicked.button || clicked.ctrlKey || clicked.metaKey || clicked.shiftKey);
    if (!link || !plain || link.target || link.protocol === "blob:" || link.origin !== location.origin) return;
    if (link.hash && link.href.split("#")[0] === location.href.split("#")[0]) return;
    clicked.preventDefault();
    go(link.href, push).catch(() => location.assign(link.href));
  });

  window.addEventListener("popstate", () => go(location.href, stay).catch(() => location.reload()));

  // <button data-scopes="read_all_orders">: asks the merchant for scopes that app.toml calls optional.
  document.addEventListener("click", async (clicked) => {
    const button = clicked.target.closest("button[data-scopes]");
    if (!button) return;
    clicked.preventDefault();
    const answer = await window.shopify.scopes.request(button.dataset.scopes.split(","));
    if (answer.result === "granted-all") await go(location.href, replace);
  });
})();
