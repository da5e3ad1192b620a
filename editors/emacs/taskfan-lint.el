;;; taskfan-lint.el --- taskfan-lint in Emacs, by way of eglot  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "26.3") (eglot "1.9"))

;;; Commentary:

;; Eglot runs one server for a buffer.  Where another one serves Python or JavaScript already, leave those modes out of
;; `taskfan-lint-modes'.

;;; Code:

(require 'eglot)

(defgroup taskfan-lint nil
  "Sub-agent dispatches that could run at once."
  :group 'tools)

(defcustom taskfan-lint-command '("taskfan-lint" "server")
  "The command that starts the language server."
  :type '(repeat string))

(defcustom taskfan-lint-modes '(markdown-mode gfm-mode)
  "The major modes in which taskfan-lint is the server."
  :type '(repeat symbol))

(defcustom taskfan-lint-code-lens nil
  "Whether the server offers lenses with the window of each dispatch."
  :type 'boolean)

(defun taskfan-lint--contact (&optional _interactive)
  "Return what eglot starts."
  (append taskfan-lint-command
          (list :initializationOptions
                (list :codeLens (if taskfan-lint-code-lens t :json-false)))))

(defun taskfan-lint-setup ()
  "Serve the buffers of `taskfan-lint-modes' from now on."
  (add-to-list 'eglot-server-programs (cons taskfan-lint-modes #'taskfan-lint--contact))
  (dolist (mode taskfan-lint-modes)
    (add-hook (intern (format "%s-hook" mode)) #'eglot-ensure)))

(defun taskfan-lint-fix-all ()
  "Make all safe fixes in this buffer; it is not saved."
  (interactive)
  (eglot-code-actions (point-min) (point-max) "source.fixAll.taskfan-lint" t))

(defun taskfan-lint-show-plan ()
  "Show which dispatches of this buffer can run at once."
  (interactive)
  (eglot-code-actions (point-min) (point-max) "source.plan.taskfan-lint" t))

(provide 'taskfan-lint)
;;; taskfan-lint.el ends here
