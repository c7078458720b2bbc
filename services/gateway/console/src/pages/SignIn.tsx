import { Center, Group, Paper, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { Navigate, useSearchParams } from "react-router";
import { useSession } from "../api/session";
import { ColourScheme } from "../parts/Shell";
import { inside } from "../parts/sign-in/inside";
import { SignInForm } from "../parts/sign-in/SignInForm";

export default function SignIn() {
  useDocumentTitle("Sign in · Hookline");
  const { caller } = useSession();
  const [parameters] = useSearchParams();
  if (caller) return <Navigate to={inside(parameters.get("to"))} replace />;
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w={420} maw="100%">
        <SignInForm>
          <Heading />
        </SignInForm>
      </Paper>
    </Center>
  );
}

function Heading() {
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Group gap="sm" wrap="nowrap">
        <img src="/favicon.svg" alt="" width={32} height={32} />
        <Title order={1} size="h3">
          Sign in to Hookline
        </Title>
      </Group>
      <ColourScheme />
    </Group>
  );
}
