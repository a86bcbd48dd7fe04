type Options = { nonce: string; isSecure: boolean; isDevelopment: boolean };

/**
 * Headers that every answer carries. Scripts run only with the nonce of their own page. Style attributes are allowed, since
 * positions of menus and charts are set that way; a style can fetch nothing, because images and fonts come from here alone.
 */
export function securityHeaders({ nonce, isSecure, isDevelopment }: Options): Record<"content-security-policy", string> & Record<string, string> {
  const policy = {
    "default-src": "'none'",
    // React's development build rebuilds call stacks with eval.
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": `'self'${isDevelopment ? " ws: wss:" : ""}`,
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
  };
  return {
    "content-security-policy": Object.entries(policy).map(([name, value]) => `${name} ${value}`).join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ...(isSecure ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}
