// The preview's part in the browser.
