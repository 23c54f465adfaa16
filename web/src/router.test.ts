import { describe, expect, it } from "vitest";
import { href, parameters, path, query, route_of, set_query, start_router } from "./router.svelte";
import { routes } from "./routes";

describe("parameters", () => {
  it("reads what stands in the path, unescaped", () => {
    expect(parameters("/lists/:bank", "/lists/a%20b")).toEqual({ bank: "a b" });
    expect(parameters("/lists/:bank/entries", "/lists/x/entries")).toEqual({ bank: "x" });
  });

  it("is nothing for another form, and passes over an escape that is none", () => {
    expect(parameters("/lists/:bank", "/lists")).toBeUndefined();
    expect(parameters("/lists/:bank", "/lists/")).toBeUndefined();
    expect(parameters("/lists/:bank", "/lists/%E0%A4%A")).toEqual({ bank: "%E0%A4%A" });
  });
});

describe("href", () => {
  it("escapes dots, which the service takes for files, and parameters() reads them back", () => {
    expect(href("/entries/1.5", { by: "a.b" })).toBe("/console/entries/1%2E5?by=a.b");
    expect(parameters("/entries/:entry", "/entries/1%2E5")).toEqual({ entry: "1.5" });
  });
});

describe("route_of", () => {
  it("takes the first that fits", () => {
    const table = [{ path: "/lists/new" }, { path: "/lists/:bank" }];
    expect(route_of(table, "/lists/new")?.route.path).toBe("/lists/new");
    expect(route_of(table, "/lists/other")?.params).toEqual({ bank: "other" });
    expect(route_of(table, "/nothing")).toBeUndefined();
  });
});

describe("the table of pages", () => {
  it("has each address, and each key, once", () => {
    for (const of of [routes.map((one) => one.path), routes.flatMap((one) => one.key ?? [])]) {
      expect(new Set(of).size).toBe(of.length);
    }
  });

  it("has in the navigation no page that needs a parameter", () => {
    for (const one of routes.filter((route) => route.group)) expect(one.path).not.toContain(":");
  });
});

describe("the query", () => {
  it("stands in the address, without what is empty", () => {
    history.replaceState(null, "", href("/lists", { state: "staged", after: "" }));
    start_router();
    expect(path()).toBe("/lists");
    expect(query("state")).toBe("staged");
    set_query({ state: "", after: "7" });
    expect(location.pathname + location.search).toBe("/console/lists?after=7");
    expect(query("state")).toBe("");
  });
});
