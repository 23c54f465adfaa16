import axe from "axe-core";
import type { Window } from "./browser";

/** What axe finds against WCAG 2.2, levels A and AA, and against what it holds for good practice. */
export async function faults(window: Window): Promise<string[]> {
  // In a world of its own, into which the page's content security policy does not reach.
  const client = await window.context.newCDPSession(window.page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const world = { frameId: frameTree.frame.id, worldName: "axe" };
  const { executionContextId } = await client.send("Page.createIsolatedWorld", world);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const wanted = `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then((found) => JSON.stringify(found.violations))`;
  const expression = `${axe.source};\n${wanted}`;
  const asked = { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await client.send("Runtime.evaluate", asked);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  const found = JSON.parse(result.value as string) as axe.Result[];
  return found.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.failureSummary} ${node.html}`));
}
