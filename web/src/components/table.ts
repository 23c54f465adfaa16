import type { Snippet } from "svelte";

export interface Column<R> {
  id: string;
  title: string;
  /** What stands in the cell; a snippet, or a text. */
  cell?: Snippet<[R]>;
  text?: (row: R) => string;
  /** Numbers stand at the end of their cell. */
  end?: boolean;
  /** The title is a button that sorts by it. */
  sort?: boolean;
}

export interface Sort {
  column: string;
  down: boolean;
}
