// Starts the language server for the documents that can hold a dispatch, and starts it anew when it is asked to.

import { commands, type ExtensionContext, window, workspace } from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

const NAME = "taskfan-lint";
const LANGUAGES = ["markdown", "mdx", "python", "javascript", "javascriptreact", "typescript", "typescriptreact"];

let client: LanguageClient | undefined;

function serverOptions(): ServerOptions {
  const [command = NAME, ...args] = workspace.getConfiguration(NAME).get<string[]>("command", [NAME, "server"]);
  return { command, args };
}

function clientOptions(): LanguageClientOptions {
  const schemes = ["file", "untitled"];
  return {
    documentSelector: schemes.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
    initializationOptions: { codeLens: workspace.getConfiguration(NAME).get<boolean>("codeLens", false) },
    synchronize: { configurationSection: NAME },
  };
}

async function start(): Promise<void> {
  client = new LanguageClient(NAME, NAME, serverOptions(), clientOptions());
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(`${NAME}: the language server does not start: ${reason}`);
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

export async function activate(context: ExtensionContext): Promise<void> {
  const restart = async (): Promise<void> => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    commands.registerCommand(`${NAME}.restart`, restart),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration(`${NAME}.command`)) {
        await restart();
      }
    }),
  );
  await start();
}

export const deactivate = stop;
