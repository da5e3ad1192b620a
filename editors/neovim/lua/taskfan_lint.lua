-- taskfan-lint in Neovim 0.7 and newer, with the client that Neovim has built in.

local M = {}

local NAME = "taskfan-lint"
local FIX_ALL = "source.fixAll.taskfan-lint"
local TIMEOUT = 5000 -- milliseconds

local defaults = {
  cmd = { "taskfan-lint", "server" },
  filetypes = {
    "markdown", "mdx", "python", "javascript", "javascriptreact", "typescript", "typescriptreact",
  },
  code_lens = false,
}

local clients = {} -- by root, where Neovim doesn't keep them itself

local function root_of(bufnr)
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ":p:h")
  for _, name in ipairs({ ".taskfan-lint.toml", "taskfan-lint.toml", "pyproject.toml" }) do
    local file = vim.fn.findfile(name, folder .. ";")
    if file ~= "" then
      return vim.fn.fnamemodify(file, ":p:h")
    end
  end
  local git = vim.fn.finddir(".git", folder .. ";")
  return git ~= "" and vim.fn.fnamemodify(git, ":p:h:h") or folder
end

local function client_of(bufnr)
  local list = vim.lsp.get_clients or vim.lsp.get_active_clients
  for _, client in pairs(list()) do
    if client.name == NAME and vim.lsp.buf_is_attached(bufnr, client.id) then
      return client
    end
  end
end

-- Start the server for a buffer, or use the one that serves its root.
function M.start(bufnr, options)
  local root = root_of(bufnr)
  local config = {
    name = NAME,
    cmd = options.cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    init_options = { codeLens = options.code_lens },
  }
  if vim.lsp.start then -- 0.8
    vim.lsp.start(config, { bufnr = bufnr })
    return
  end
  local running = clients[root]
  if not running or not vim.lsp.get_client_by_id(running) then
    clients[root] = vim.lsp.start_client(config)
  end
  if clients[root] then
    vim.lsp.buf_attach_client(bufnr, clients[root])
  end
end

local function request(bufnr, client, method, params)
  local answers = vim.lsp.buf_request_sync(bufnr, method, params, TIMEOUT) or {}
  local answer = answers[client.id]
  return answer and answer.result
end

-- Make all safe fixes in a buffer; it is not written.
function M.fix_all(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  local client = client_of(bufnr)
  if not client then
    return
  end
  local start = { line = 0, character = 0 }
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    range = { start = start, ["end"] = start },
    context = { diagnostics = {}, only = { FIX_ALL } },
  }
  for _, action in ipairs(request(bufnr, client, "textDocument/codeAction", params) or {}) do
    if not action.edit then
      action = request(bufnr, client, "codeAction/resolve", action) or action
    end
    if action.edit then
      vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
    end
  end
end

-- Show the windows of a buffer.
function M.show_plan(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  local client = client_of(bufnr)
  if client then
    local arguments = { vim.uri_from_bufnr(bufnr) }
    request(bufnr, client, "workspace/executeCommand", { command = "taskfan-lint.showPlan", arguments = arguments })
  end
end

-- Serve the buffers of the file types, now and from now on; `options` are `cmd`, `filetypes` and `code_lens`.
function M.setup(options)
  options = vim.tbl_extend("force", defaults, options or {})
  local group = vim.api.nvim_create_augroup("taskfan_lint", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = options.filetypes,
    callback = function(event)
      M.start(event.buf, options)
    end,
  })
  if options.code_lens then
    vim.api.nvim_create_autocmd({ "BufEnter", "CursorHold", "InsertLeave" }, {
      group = group,
      callback = function(event)
        if client_of(event.buf) then
          vim.lsp.codelens.refresh()
        end
      end,
    })
  end
  vim.api.nvim_create_user_command("TaskfanLintFix", function()
    M.fix_all()
  end, { desc = "Make all safe fixes of taskfan-lint" })
  vim.api.nvim_create_user_command("TaskfanLintPlan", function()
    M.show_plan()
  end, { desc = "Show which dispatches can run at once" })
end

return M
