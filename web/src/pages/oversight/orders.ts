import type { OrderClocks } from "$/api/schema";

/** What of an order is due next, and whether that is over. */
export interface Clock {
  what: "confirm" | "open" | "end" | "none";
  at?: string;
  overdue: boolean;
}

export function clock_of(order: OrderClocks, now_ms: number): Clock {
  const clock = (what: Clock["what"], at: string, is_late: boolean): Clock => ({ what, at, overdue: is_late && Date.parse(at) < now_ms });
  if (order.confirm_by && order.state !== "void" && order.state !== "cancelled") return clock("confirm", order.confirm_by, true);
  if ((order.state === "in-force" || order.state === "waiting") && order.ends) return clock("end", order.ends, false);
  if (order.opening_due && !order.opened) return clock("open", order.opening_due, true);
  return { what: "none", overdue: false };
}

/** Overdue ones first, then by what is due next; those without a clock last. */
export function by_clock(orders: readonly OrderClocks[], now_ms: number): { order: OrderClocks; clock: Clock }[] {
  const rows = orders.map((order) => ({ order, clock: clock_of(order, now_ms) }));
  const place = ({ clock }: (typeof rows)[number]): string => `${clock.overdue ? 0 : clock.at ? 1 : 2} ${clock.at ?? ""}`;
  return rows.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : a.order.order < b.order.order ? -1 : 1));
}
