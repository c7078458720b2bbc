import { Anchor, Modal, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useSession } from "../../api/session";

// Fetched when it is needed: what every page loads first is to be little.
const SignInForm = lazy(async () => ({ default: (await import("./SignInForm")).SignInForm }));

const nothing = () => {};

/** Lies over the page once its session is over, and keeps what is on it, such as a form that is half filled in. */
export function SignInAgain() {
  const { over } = useSession();
  return (
    <Modal
      opened={over}
      onClose={nothing}
      title="Sign in to Hookline again"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      overlayProps={{ blur: 8 }}
    >
      <Suspense>
        <SignInForm>
          <Text size="sm">
            Your session is over, or its key was revoked. What you have entered is still here once you are signed in
            again. <Anchor href="/sign-in">Leave it, and sign in as somebody else</Anchor>
          </Text>
        </SignInForm>
      </Suspense>
    </Modal>
  );
}
