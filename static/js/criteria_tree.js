// A tree of criteria as the builder keeps it. Groups: all, any, none (a `not` around one condition or an `any`) and notall
// (a `not` around an `all`). Writing gives each node the path by which the server names its problems.
(() => {
  "use strict";
  const OF_AGE = ["age_lt", "age_gt"];
  const isGroup = (node) => Boolean(node.group);

  const read = (tree) => {
    if (Array.isArray(tree)) return condition(tree);
    const keys = tree && typeof tree === "object" ? Object.keys(tree) : [];
    if (keys.length !== 1 || !["all", "any", "not"].includes(keys[0])) throw new SyntaxError("not a group");
    const inner = tree[keys[0]];
    if (keys[0] !== "not") return { group: keys[0], children: list(inner) };
    const child = inner && !Array.isArray(inner) ? Object.keys(inner)[0] : null;
    if (child === "any") return { group: "none", children: list(inner.any) };
    if (child === "all") return { group: "notall", children: list(inner.all) };
    return { group: "none", children: [read(inner)] };
  };

  const list = (inner) => {
    if (!Array.isArray(inner)) throw new SyntaxError("not a list");
    return inner.map(read);
  };

  const condition = (parts) => {
    if (parts.length < 2 || parts.length > 3) throw new SyntaxError("not a condition");
    if (parts.length === 2 && OF_AGE.includes(parts[0])) return { field: "age", operator: parts[0], value: parts[1] };
    if (typeof parts[0] !== "string" || typeof parts[1] !== "string") throw new SyntaxError("not a condition");
    return { field: parts[0], operator: parts[1], value: parts.length === 3 ? parts[2] : null };
  };

  // Anything at all as a group: nothing is an `all` of nothing, a lone condition an `all` of one.
  const root = (tree) => {
    const empty = tree === null || tree === undefined || (typeof tree === "object" && !Object.keys(tree).length);
    if (empty) return { group: "all", children: [] };
    const node = read(tree);
    return isGroup(node) ? node : { group: "all", children: [node] };
  };

  const write = (node, path = "") => {
    node.path = path;
    if (!isGroup(node)) return node.value === null ? [node.field, node.operator] : [node.field, node.operator, node.value];
    const dot = path ? `${path}.` : "";
    const many = (kind, place) => ({ [kind]: node.children.map((child, number) => write(child, `${place}${kind}[${number}]`)) });
    if (node.group === "none") {
      if (node.children.length === 1) return { not: write(node.children[0], `${dot}not`) };
      return { not: many("any", `${dot}not.`) };
    }
    return node.group === "notall" ? { not: many("all", `${dot}not.`) } : many(node.group, dot);
  };

  // The node that a path speaks of: the deepest whose own path begins it.
  const find = (node, path) => {
    for (const child of isGroup(node) ? node.children : []) {
      const found = find(child, path);
      if (found) return found;
    }
    const rest = path.startsWith(node.path) ? path.slice(node.path.length) : null;
    return rest !== null && (rest === "" || node.path === "" || ".[".includes(rest[0])) ? node : null;
  };

  window.criteriaTree = { root, write, find, isGroup };
})();
