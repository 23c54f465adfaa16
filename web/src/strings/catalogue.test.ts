import { describe, expect, it } from "vitest";
import { filled } from "./catalogue";
import { de } from "./de";
import { en } from "./en";
import { ago_text, browsers_language, bytes_text, choose_language, duration_text, t } from "./index.svelte";

function places(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]!).sort();
}

describe("the catalogue", () => {
  it("has in German each place that the English text has, and no other", () => {
    for (const [key, english] of Object.entries(en)) {
      const german = de[key as keyof typeof en];
      const forms = (text: unknown): Record<string, string> =>
        typeof text === "string" ? { other: text } : (text as Record<string, string>);
      const wanted = places(forms(english)["other"]!);
      expect(places(forms(german)["other"]!), key).toEqual(wanted);
      // The form for one may leave the number out.
      for (const text of Object.values(forms(german))) expect(wanted, key).toEqual(expect.arrayContaining(places(text)));
    }
  });

  it("chooses the form by the number, as the language does, and writes numbers as it does", () => {
    const text = { one: "{n} entry", other: "{n} entries" };
    expect(filled(text, { n: 1 }, "en")).toBe("1 entry");
    expect(filled(text, { n: 12345 }, "en")).toBe("12,345 entries");
    expect(filled({ other: "{n} Einträge" }, { n: 12345 }, "de")).toBe("12.345 Einträge");
  });

  it("leaves a place without a value as it stands", () => {
    expect(filled("of {all}", {}, "en")).toBe("of {all}");
  });

  it("follows the chosen language, and says so in the document", async () => {
    await choose_language("de");
    expect(t("common.cancel")).toBe("Abbrechen");
    expect(document.documentElement.lang).toBe("de");
    expect(document.documentElement.dir).toBe("ltr");
    await choose_language("en");
    expect(t("common.cancel")).toBe("Cancel");
  });

  it("takes the first of the browser's languages that there is", () => {
    expect(browsers_language(["fr-FR", "de-AT", "en"])).toBe("de");
    expect(browsers_language(["fr"])).toBe("en");
  });
});

describe("numbers and times", () => {
  const now = new Date("2026-11-23T12:00:00Z");

  it("says how long ago in the largest unit of which there is one", () => {
    expect(ago_text("2026-11-23T11:59:30Z", now)).toBe("30 seconds ago");
    expect(ago_text("2026-11-23T09:10:00Z", now)).toBe("2 hours ago");
    expect(ago_text("2026-11-25T13:00:00Z", now)).toBe("in 2 days");
  });

  it("says sizes and lengths as people do", () => {
    expect(bytes_text(0)).toBe("0 byte");
    expect(bytes_text(2_300_000)).toBe("2.3 MB");
    expect(duration_text(1250)).toBe("1.3 sec");
    expect(duration_text(185_000)).toBe("3:05 min");
    expect(duration_text(3_725_000)).toBe("1:02:05 h");
  });
});
