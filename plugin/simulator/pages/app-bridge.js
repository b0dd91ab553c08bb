// A stand-in for Shopify's App Bridge: what a page of the app may notice of it, and nothing more.
(() => {
  "use strict";
  const script = document.currentScript;
  // From Shopify's own address it speaks to Shopify's own admin.
  const { origin: served } = new URL(script.src);
  const admin = served === "https://cdn.shopify.com" ? "https://admin.shopify.com" : served;
  const meta = document.querySelector('meta[name="shopify-api-key"]');
  const apiKey = script.dataset.apiKey || (meta && meta.content);
  if (!apiKey) throw new Error("App Bridge: neither a meta tag shopify-api-key nor data-api-key names the app");

  const query = new URLSearchParams(location.search);
  const known = (name) => {
    try {
      if (query.get(name)) sessionStorage.setItem(`app-bridge-${name}`, query.get(name));
      return sessionStorage.getItem(`app-bridge-${name}`) || undefined;
    } catch {
      // A browser that blocks other sites' storage gives a frame none.
      return query.get(name) || undefined;
    }
  };
  const config = { apiKey, shop: known("shop"), host: known("host"), locale: known("locale") };

  if (window.top === window.self) {
    // Outside the admin there is nobody to ask: back into it.
    if (config.shop) location.replace(`${admin}/${config.shop}/admin/apps/${apiKey}${location.pathname}`);
    return;
  }

  // <form data-save-bar>: once something in it was changed, the admin asks to save it or not.
  let unsaved;
  const bar = (form) => {
    unsaved = form;
    ask("saveBar", { visible: Boolean(form) });
  };
  const barred = (event) => event.target.closest && event.target.closest("form[data-save-bar]");
  for (const [name, after] of [["input", true], ["change", true], ["submit", false], ["reset", false]]) {
    document.addEventListener(name, (event) => barred(event) && bar(after ? barred(event) : undefined), true);
  }
  const isUnsaved = () => Boolean(unsaved && unsaved.isConnected);

  let asked = 0;
  const waiting = new Map();
  const ask = (what, detail) =>
    new Promise((done, failed) => {
      asked += 1;
      waiting.set(asked, { done, failed });
      window.parent.postMessage({ bridge: "ask", number: asked, what, detail }, admin);
    });

  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || origin !== admin) return;
    if (data.bridge === "go") location.assign(data.to);
    if (data.bridge === "save" && unsaved) unsaved.requestSubmit();
    if (data.bridge === "discard" && unsaved) unsaved.reset();
    if (data.bridge !== "answer" || !waiting.has(data.number)) return;
    const { done, failed } = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.error) failed(new Error(data.error));
    else done(data.said);
  });

  const plainFetch = window.fetch.bind(window);
  const signed = async (request) => {
    if (!request.headers.has("Authorization")) request.headers.set("Authorization", `Bearer ${await ask("idToken")}`);
    if (config.locale && !request.headers.has("Accept-Language")) request.headers.set("Accept-Language", config.locale);
    return plainFetch(request);
  };
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    // The Admin API, asked by the admin around the frame: no request of the page's own leaves it.
    if (request.url.startsWith("shopify:admin/")) {
      const path = request.url.slice("shopify:admin/".length);
      const { status, body } = await ask("adminApi", { path, body: await request.text() });
      return new Response(body, { status, headers: { "Content-Type": "application/json" } });
    }
    if (new URL(request.url).origin !== location.origin) return plainFetch(input, init);
    const again = request.clone();
    let answer = await signed(request);
    if (answer.status === 401 && answer.headers.get("X-Shopify-Retry-Invalid-Session-Request") === "1") {
      answer = await signed(again);
    }
    const elsewhere = answer.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
    if (elsewhere) window.open(new URL(elsewhere, location.href).href, "_top");
    return answer;
  };

  window.shopify = {
    config,
    environment: { embedded: true, mobile: false, pos: false },
    idToken: () => ask("idToken"),
    loading: () => {},
    saveBar: {
      show: async () => {},
      hide: async () => {},
      leaveConfirmation: async () => {
        if (isUnsaved()) await ask("leave");
        if (unsaved) bar(undefined);
      },
    },
    scopes: {
      query: () => ask("scopes.query"),
      request: (scopes) => ask("scopes.request", scopes),
      revoke: (scopes) => ask("scopes.revoke", scopes),
    },
    toast: { show: (message, how) => void ask("toast", { message, ...how }), hide: () => {} },
  };

  // Shopify shows these in the admin around the frame, never in the page.
  for (const name of ["s-app-nav", "ui-nav-menu", "ui-save-bar", "ui-title-bar"]) {
    if (customElements.get(name)) continue;
    customElements.define(
      name,
      class extends HTMLElement {
        connectedCallback() {
          this.hidden = true;
          // A page may be swapped for another one without a new document.
          if (this.localName.endsWith("-nav")) setTimeout(shown);
        }
      },
    );
  }
  let told;
  const shown = () => {
    const page = { path: location.pathname, menu: menu() };
    if (JSON.stringify(page) === told) return;
    told = JSON.stringify(page);
    ask("page", page);
  };
  const menu = () =>
    [...document.querySelectorAll("s-app-nav [href], ui-nav-menu [href]")].map((link) => ({
      text: link.textContent.trim(),
      href: link.getAttribute("href"),
    }));

  const reload = query.get("shopify-reload");
  if (reload) {
    ask("idToken").then((token) => {
      const target = new URL(reload, location.origin);
      target.searchParams.set("id_token", token);
      location.replace(target.href);
    });
  } else {
    document.addEventListener("DOMContentLoaded", shown);
  }
})();
