"""The server on standard input and output: each message of the protocol to the session, and its answer back."""

from __future__ import annotations

import asyncio
import inspect
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import taskfan_lint
from taskfan_lint.server import actions, hover, windows
from taskfan_lint.server.buffers import Answer, Place, name_of
from taskfan_lint.server.client import Client, client, outlive, roots
from taskfan_lint.server.configuration import WATCHED
from taskfan_lint.server.diagnostics import SOURCE, diagnostics
from taskfan_lint.server.positions import changed
from taskfan_lint.server.session import Session


class Server:
    """One client's connection."""

    def __init__(self) -> None:
        self.language = LanguageServer(SOURCE, str(taskfan_lint.__version__))
        self.session = Session(self._publish, self._refresh, self._warn, self._inform)
        self.client = Client()
        self.shows_lenses = False
        self.status = 1  # until the client has said that it will go
        self._kept: list[asyncio.Task[None]] = []
        self._watch: asyncio.Task[None] | None = None  # goes on after `shutdown`, until the client is gone
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._register()

    def _register(self) -> None:
        pull = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE)
        act = types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=True)
        for name, handler, options in (
            (types.INITIALIZE, self.initialize, None),
            (types.INITIALIZED, self.initialized, None),
            (types.SHUTDOWN, self.shutdown, None),
            (types.TEXT_DOCUMENT_DID_OPEN, self.did_open, None),
            (types.TEXT_DOCUMENT_DID_CHANGE, self.did_change, None),
            (types.TEXT_DOCUMENT_DID_CLOSE, self.did_close, None),
            (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self.did_change_watched_files, None),
            (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self.did_change_workspace_folders, None),
            (types.WORKSPACE_DID_CHANGE_CONFIGURATION, self.did_change_configuration, None),
            (types.TEXT_DOCUMENT_DIAGNOSTIC, self.diagnostic, pull),
            (types.TEXT_DOCUMENT_CODE_ACTION, self.code_action, act),
            (types.CODE_ACTION_RESOLVE, self.resolve, None),
            (types.TEXT_DOCUMENT_HOVER, self.hover, None),
            (types.TEXT_DOCUMENT_CODE_LENS, self.code_lens, None),
        ):
            self.language.feature(name, options)(_function(handler))
        self.language.command(actions.SHOW_PLAN)(_function(self.show_plan))

    def run(self) -> int:
        """Serve until the client goes, and return the exit status."""
        self.language.start_io()
        self.session.stop()
        self._clean_up()
        return self.status

    def _clean_up(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    # the connection

    def initialize(self, params: types.InitializeParams) -> None:
        self.client = client(params.capabilities)
        self.session.pushes = not self.client.pulls
        self._place()
        self._read_options(params.initialization_options)
        if params.process_id is not None:
            self._watch = asyncio.ensure_future(self._leave_with(params.process_id))

    async def initialized(self, params: types.InitializedParams) -> None:
        self._keep(self.session.watch())
        self._keep(self.session.warm_up())
        if self.client.watches_files:
            watchers = [types.FileSystemWatcher(f"**/{name}") for name in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = types.Registration("configuration", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            await self.language.client_register_capability_async(types.RegistrationParams([registration]))
        await self._ask_options()

    def shutdown(self, params: None) -> None:
        self.status = 0
        for task in self._kept:
            task.cancel()
        self.session.stop()

    def _keep(self, work: Any) -> None:
        self._kept.append(asyncio.ensure_future(work))

    async def _leave_with(self, process: int) -> None:
        await outlive(process)
        self._clean_up()
        os._exit(self.status)  # the thread that reads standard input cannot be interrupted

    def _place(self) -> None:
        workspace = self.language.workspace
        uris = [folder.uri for folder in workspace.folders.values()] or [workspace.root_uri or ""]
        encoding = workspace.position_encoding
        self.session.place = Place(roots(uris), str(getattr(encoding, "value", encoding)))

    # options

    def _read_options(self, options: object) -> None:
        before = self.shows_lenses
        if isinstance(options, dict):
            self.shows_lenses = options.get("codeLens") is True
        if self.shows_lenses != before and self.client.refreshes_lenses:
            self.language.workspace_code_lens_refresh(None)

    async def _ask_options(self) -> None:
        if self.client.tells_configuration:
            asked = types.ConfigurationParams([types.ConfigurationItem(section=SOURCE)])
            answers = await self.language.workspace_configuration_async(asked)
            self._read_options(answers[0] if answers else None)

    async def did_change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        if isinstance(params.settings, dict):
            self._read_options(params.settings.get(SOURCE))
        await self._ask_options()

    async def did_change_watched_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        await self.session.look()

    def did_change_workspace_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        self._place()
        self.session.reread()

    # texts

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        self.session.open(item.uri, str(getattr(item.language_id, "value", item.language_id)), item.version, item.text)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        buffer = self.session.get(uri)
        if buffer is not None:
            text = changed(buffer.text, params.content_changes, self.session.place.encoding)
            self.session.change(uri, params.text_document.version, text)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        self.session.close(uri)
        if self.session.pushes:
            self.language.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _publish(self, answer: Answer) -> None:
        params = types.PublishDiagnosticsParams(answer.uri, diagnostics(answer), answer.version)
        self.language.text_document_publish_diagnostics(params)

    def _refresh(self) -> None:
        if self.client.pulls and self.client.refreshes:
            self.language.workspace_diagnostic_refresh(None)
        if self.shows_lenses and self.client.refreshes_lenses:
            self.language.workspace_code_lens_refresh(None)

    def _warn(self, problem: str) -> None:
        message = types.ShowMessageParams(types.MessageType.Warning, f"{SOURCE}: {problem}")
        self.language.window_show_message(message)

    def _inform(self, words: str) -> None:
        message = types.ShowMessageParams(types.MessageType.Info, f"{SOURCE}: {words}")
        self.language.window_show_message(message)

    async def diagnostic(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        answer = await self.session.answer(params.text_document.uri)
        if answer is None:
            return types.RelatedFullDocumentDiagnosticReport([])
        number = str(answer.ticket.number)
        if params.previous_result_id == number:
            return types.RelatedUnchangedDocumentDiagnosticReport(number)
        return types.RelatedFullDocumentDiagnosticReport(diagnostics(answer), result_id=number)

    # what is done and shown on request

    async def code_action(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        found = await self.session.survey(params.text_document.uri)
        if found is None:
            return []
        answer, surveyed = found
        only, versioned = params.context.only, self.client.takes_versions
        wanted = [str(getattr(kind, "value", kind)) for kind in only] if only else None

        def collect(answer: Answer) -> list[types.CodeAction]:
            findings = actions.in_range(answer, params.range)
            given: list[types.CodeAction] = []
            if actions.wants(wanted, actions.QUICK_FIX):
                given += actions.fixes(findings, answer, versioned=versioned)
                given += actions.suppressions(findings, answer, surveyed, versioned=versioned)
            if actions.wants(wanted, actions.FIX_ALL) and actions.is_fixable(answer):
                if self.client.resolves_edits:
                    given.append(actions.unresolved_fix_all(answer))
                elif wanted:  # its edit takes too long to be made whenever the cursor moves
                    given.append(actions.fix_all(answer, versioned=versioned))
            if actions.wants(wanted, actions.PLAN):
                given += actions.show_plan(answer, surveyed, params.range)
            return given

        return await self.session.work(answer, collect) or []

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        uri = action.data.get("uri") if isinstance(action.data, dict) else None
        answer = await self.session.answer(uri) if uri and action.edit is None else None
        if answer is None:
            return action
        resolved = await self.session.work(
            answer, lambda answer: actions.fix_all(answer, versioned=self.client.takes_versions)
        )
        return resolved or action

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        found = await self.session.survey(params.text_document.uri)
        return hover.hover(*found, params.position) if found else None

    async def code_lens(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        found = await self.session.survey(params.text_document.uri) if self.shows_lenses else None
        return hover.lenses(*found, actions.SHOW_PLAN) if found else []

    async def show_plan(self, uri: str) -> str | None:
        """Return the plan of a document as Markdown, and have the client show it; None for one not open."""
        text = None
        while text is None:
            found = await self.session.survey(uri)
            if found is None:
                return None
            text = await self.session.work(found[0], partial(windows.plan, surveyed=found[1]))
        if self.client.shows_documents:
            file = self._plan_file(name_of(uri), text)
            await self.language.window_show_document_async(types.ShowDocumentParams(file.as_uri()))
        else:
            self.language.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
        return text

    def _plan_file(self, name: str, text: str) -> Path:
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="taskfan-lint-")
        file = Path(self._folder.name, f"{name}.plan.md")
        file.write_text(text, encoding="utf-8")
        return file


def _function(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method as a function: pygls writes attributes on what it is given."""
    if inspect.iscoroutinefunction(method):

        async def wait(*arguments: Any) -> Any:
            return await method(*arguments)

        return wait

    def call(*arguments: Any) -> Any:
        return method(*arguments)

    return call


def serve() -> int:
    """Serve one client on standard input and output, and return the exit status."""
    return Server().run()
