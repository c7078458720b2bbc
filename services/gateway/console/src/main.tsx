import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./console.css";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { ApiError } from "./api/client";
import { SessionProvider } from "./api/session";
import { router } from "./router";
import { theme } from "./theme";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// Under open dialogs a library keeps the page from scrolling, with a style of its own.
setNonce(nonce);

// A session that is over, or whose key was revoked, leads to the sign-in: the frame of the pages asks who one is.
const isOver = (error: unknown) => {
  if (error instanceof ApiError && error.status === 401) void queries.invalidateQueries({ queryKey: ["session"] });
};

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => queryKey[0] !== "session" && isOver(error) }),
  mutationCache: new MutationCache({ onError: isOver }),
  defaultOptions: {
    queries: {
      // A service that is away comes back: asked again until then. What was refused stays refused.
      retry: (_count, error) => error instanceof ApiError && error.away,
      retryDelay: (count) => Math.min(1000 * 2 ** count, 5000),
      staleTime: 5000,
    },
  },
});

createRoot(document.getElementById("root") as HTMLElement, {
  // React rendered the page again and went on: nobody was kept from anything, so it is no error of the page's.
  onRecoverableError: (error) => console.warn(error instanceof Error ? (error.cause ?? error) : error),
}).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <ModalsProvider>
            <Notifications position="bottom-right" />
            <RouterProvider router={router} />
          </ModalsProvider>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
