/** Hands out credentials as STS, the portal of IAM Identity Center and the agent of a container do. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface CredentialsServer extends AsyncDisposable {
  readonly endpoint: string;
  /** What was asked for, in words of ours. */
  readonly asked: string[];
}

interface Keys {
  readonly id: string;
  readonly secret: string;
  /** Only where it is given: servers that know no such tokens refuse them. */
  readonly token?: string;
}

const HOUR_MS = 60 * 60 * 1000;

export async function credentialsServer(keys: Keys): Promise<CredentialsServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const expires = new Date(Date.now() + HOUR_MS);
      if (request.method === "POST") {
        const words = new URLSearchParams(body);
        const action = words.get("Action") ?? "";
        asked.push([action, words.get("RoleArn"), words.get("WebIdentityToken")].filter(Boolean).join(" "));
        response.end(stsAnswer(action, keys, expires));
      } else if (url.pathname === "/federation/credentials") {
        const bearer = String(request.headers["x-amz-sso_bearer_token"]);
        asked.push(
          `sso ${url.searchParams.get("account_id")} ${url.searchParams.get("role_name")} ${bearer}`,
        );
        const { id: accessKeyId, secret: secretAccessKey, token: sessionToken } = keys;
        const roleCredentials = { accessKeyId, secretAccessKey, sessionToken, expiration: expires.getTime() };
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ roleCredentials }));
      } else {
        asked.push(`container ${String(request.headers.authorization)}`);
        const { id: AccessKeyId, secret: SecretAccessKey, token: Token } = keys;
        response.end(
          JSON.stringify({ AccessKeyId, SecretAccessKey, Token, Expiration: expires.toISOString() }),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function stsAnswer(action: string, { id, secret, token = "" }: Keys, expires: Date): string {
  const session = token === "" ? "" : `<SessionToken>${token}</SessionToken>`;
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>
    <AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey>${session}
    <Expiration>${expires.toISOString()}</Expiration></Credentials></${action}Result></${action}Response>`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
