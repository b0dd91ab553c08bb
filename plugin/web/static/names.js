// Names of customers and of companies' locations. The browser reads them from Shopify and writes them into the page: our server never sees one.
(() => {
  "use strict";

  const API = `shopify:admin/api/${document.querySelector('meta[name="admin-api-version"]').content}/graphql.json`;
  const NAMES = `query CustomerNames($ids: [ID!]!) {
    nodes(ids: $ids) { ... on Customer { id displayName } }
  }`;
  const COMPANIES = `query CompanyNames($ids: [ID!]!) {
    nodes(ids: $ids) { ... on CompanyLocation { id name company { name } } }
  }`;
  const FIND = `query FindCustomers($query: String!) {
    customers(first: 10, query: $query) { nodes { id displayName } }
  }`;
  const AT_ONCE = 100;
  const GID = "gid://shopify/";

  const names = new Map(); // by key, such as "Customer/7"
  const asked = new Set(); // keys that Shopify has answered for, or is about to

  const ask = async (query, variables) => {
    const answer = await fetch(API, { method: "POST", body: JSON.stringify({ query, variables }) });
    return (await answer.json()).data;
  };

  // A company of one place often calls it as it is called itself.
  const nameOf = ({ displayName, name, company }) =>
    displayName || [...new Set([company && company.name, name])].filter(Boolean).join(", ");

  const keep = (nodes) => {
    for (const node of nodes) if (node && nameOf(node)) names.set(node.id.replace(GID, ""), nameOf(node));
  };

  const named = () => [...document.querySelectorAll("[data-customer]")];

  // A name may be written from right to left: what stands around it is not to follow.
  const isolated = (name) => Object.assign(document.createElement("bdi"), { textContent: name });

  const write = () => {
    for (const one of named()) {
      const name = names.get(one.dataset.customer);
      if (name && one.textContent !== name) one.replaceChildren(isolated(name));
    }
  };

  const read = async () => {
    write();
    // Apart, for a shop without companies may refuse to be asked about them.
    await Promise.all([readAll("Customer/", NAMES), readAll("CompanyLocation/", COMPANIES)]);
  };

  const readAll = async (sort, query) => {
    const unknown = new Set(named().map((one) => one.dataset.customer));
    const wanted = [...unknown].filter((key) => key.startsWith(sort) && !asked.has(key)).slice(0, AT_ONCE);
    if (!wanted.length) return;
    for (const key of wanted) asked.add(key);
    try {
      const data = await ask(query, { ids: wanted.map((key) => GID + key) });
      keep((data && data.nodes) || []);
    } catch {
      // No answer: the number stays, and the next page asks again.
      for (const key of wanted) asked.delete(key);
      return;
    }
    write();
    await readAll(sort, query);
  };

  // <form data-name-search>: what is typed goes to Shopify only. Its field has no name, so that nothing else could send it.
  const wordsOf = (text) => text.split(/[^\p{L}\p{M}\p{N}@.'-]+/u).map((word) => word.replace(/^[-'.]+/, "")).filter(Boolean);

  const linkTo = (form, key) => {
    const link = document.createElement("a");
    link.href = form.dataset.href.replace("NUMBER", key.split("/")[1]);
    link.dataset.customer = key;
    link.textContent = key;
    return link;
  };

  const found = (form, parts) => {
    const items = parts.map((part) => {
      const item = document.createElement("li");
      item.append(part);
      return item;
    });
    form.querySelector("[data-found]").replaceChildren(...items);
    write();
    if (window.htmx) window.htmx.process(form);
  };

  let search = 0;
  const find = async (form) => {
    search += 1;
    const mine = search;
    const words = wordsOf(form.querySelector("input").value);
    if (!words.length) return found(form, []);
    try {
      const { customers } = await ask(FIND, { query: words.map((word) => `${word}*`).join(" ") });
      if (mine !== search) return undefined;
      keep(customers.nodes);
      const keys = customers.nodes.map((node) => node.id.replace(GID, ""));
      return found(form, keys.length ? keys.map((key) => linkTo(form, key)) : [form.dataset.none]);
    } catch {
      return mine === search ? found(form, [form.dataset.failed]) : undefined;
    }
  };

  document.addEventListener(
    "submit",
    (submitted) => {
      if (!submitted.target.matches("[data-name-search]")) return;
      submitted.preventDefault();
      submitted.stopImmediatePropagation();
      find(submitted.target);
    },
    true,
  );

  const shown = () => {
    for (const form of document.querySelectorAll("[data-name-search]")) form.hidden = false;
    read();
  };

  document.addEventListener("panel:shown", shown);
  shown();
})();
