// A provider of identities that is certified by the OpenID Foundation, on loopback:
// node provider.mjs PORT CLIENT SECRET CALLBACK
// Whoever types an address at its sign-in page is who has that address.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, client_id, client_secret, callback] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id, client_secret, redirect_uris: [callback] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_, email) => ({
    accountId: email,
    claims: () => ({ sub: email, email, email_verified: true }),
  }),
});
createServer(provider.callback()).listen(Number(port), "127.0.0.1", () =>
  console.log("ready"),
);
