// Wakes the vendored components that the page has: error summary, notices, password and file fields, conditional answers.
import {
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  createAll,
} from "../vendor/govuk-frontend@6.6.0/govuk-frontend.js";

export function start(scope) {
  for (const part of [Checkboxes, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios]) {
    createAll(part, undefined, scope);
  }
}
