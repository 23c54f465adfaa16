/** A text with places in braces, or its forms by number: which one is chosen by `n` (Intl.PluralRules). */
export type Forms = { readonly one?: string; readonly other: string; readonly [form: string]: string | undefined };
export type Text = string | Forms;

/** The names of the places in a text: "{n} of {all}" has n and all. */
type Places<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
type PlacesOf<T> = T extends string ? Places<T> : T extends Forms ? Places<Extract<T[keyof T], string>> | "n" : never;

/** What must be given with a text: one value for each place, and nothing where it has none. */
export type Values<T> = [PlacesOf<T>] extends [never] ? [] : [values: Record<PlacesOf<T>, string | number>];

/** Another language has each text, with forms where English has forms. */
export type Translation<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Forms };

/** The text with its values. Numbers are written as the language writes them. */
export function filled(text: Text, values: Record<string, string | number>, language: string): string {
  const form = typeof text === "string" ? text : chosen(text, Number(values["n"]), language);
  return form.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    return value === undefined ? place : typeof value === "number" ? number(value, language) : value;
  });
}

function chosen(forms: Forms, n: number, language: string): string {
  return forms[new Intl.PluralRules(language).select(n)] ?? forms.other;
}

function number(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value);
}
