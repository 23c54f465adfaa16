/** The series that was last looked at in this window, so that a change of it is said first. Kept nowhere. */
export const last_looked_at = $state<{ series: string | undefined }>({ series: undefined });
