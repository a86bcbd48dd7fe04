import { expect, test } from "vitest";
import { authorityKey } from "./edge-port";

test("a directory is named as the edge's storage names it", () => {
  expect(authorityKey("https://acme-v02.api.letsencrypt.org/directory")).toBe("acme-v02.api.letsencrypt.org-directory");
  expect(authorityKey("https://127.0.0.1:14000/dir")).toBe("127.0.0.1-14000-dir");
  expect(authorityKey("https://CA.example.com/acme/acme/directory/")).toBe("ca.example.com-acme-acme-directory");
  expect(authorityKey("https://ca.example.com")).toBe("ca.example.com");
});
