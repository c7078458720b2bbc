/** Colours and shapes of the console. */

import { createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: 9,
  defaultRadius: "md",
  autoContrast: true,
  respectReducedMotion: true,
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', sans-serif",
  headings: { fontWeight: "650" },
  components: {
    TextInput: { defaultProps: { errorProps: { role: "alert" } } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Alert: { defaultProps: { closeButtonLabel: "Close" } },
    Table: { defaultProps: { verticalSpacing: "xs" } },
  },
});
