import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Container,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  Activity,
  BookOpen,
  Boxes,
  CircleUser,
  ClipboardList,
  FileInput,
  History,
  KeyRound,
  ListChecks,
  LogOut,
  Moon,
  Plug,
  Rss,
  Settings,
  Sun,
  Users,
  Waypoints,
  Webhook,
} from "lucide-react";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { type Caller, useSession } from "../api/session";
import { AccountChoice } from "./AccountChoice";
import { Arrival } from "./Arrival";
import { AwayNotice } from "./AwayNotice";
import { Failure } from "./Failure";
import { SkipLink } from "./SkipLink";
import { stateInWords } from "./State";
import { SignInAgain } from "./sign-in/SignInAgain";

const pages = [
  { to: "/", label: "Overview", icon: Activity },
  { to: "/deliveries", label: "Deliveries", icon: ClipboardList },
  { to: "/subscriptions", label: "Subscriptions", icon: Rss },
  { to: "/webhooks", label: "Webhooks", icon: Webhook },
  { to: "/campaigns", label: "Campaigns", icon: Waypoints },
  { to: "/rules", label: "Global rules", icon: ListChecks },
  { to: "/forms", label: "Forms", icon: FileInput },
  { to: "/object-types", label: "Object types", icon: Boxes },
  { to: "/plugins", label: "Plugins", icon: Plug },
  { to: "/keys", label: "API keys", icon: KeyRound },
  { to: "/administration", label: "Administration", icon: Settings },
  { to: "/audit", label: "Audit log", icon: History },
  { to: "/accounts", label: "Accounts", icon: Users, operator: true },
];
// What an operator may open without an account to work in.
const unbound = ["/accounts", "/audit", "/plugins"];

/** The frame of every page behind the sign-in: navigation at the left, who is signed in at the top. */
export function Shell() {
  const { caller, pending, error, accountId } = useSession();
  const { pathname, search } = useLocation();
  const [opened, { toggle, close }] = useDisclosure(false);
  if (error && !caller) {
    return (
      <Container size="sm" py="xl" component="main">
        <Failure error={error} />
      </Container>
    );
  }
  if (pending) return null;
  if (!caller) return <Navigate to={`/sign-in?to=${encodeURIComponent(pathname + search)}`} replace />;
  const homeless = !accountId && !unbound.some((path) => pathname.startsWith(path));
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <SkipLink to="content">Skip to the content</SkipLink>
      <Arrival place="content" />
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
              aria-expanded={opened}
            />
            <Mark small={caller.kind === "operator"} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            {caller.kind === "operator" && <AccountChoice />}
            <ColourScheme />
            <Who caller={caller} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Pages operator={caller.kind === "operator"} onGo={close} />
      </AppShell.Navbar>
      <SignInAgain />
      <AppShell.Main id="content" tabIndex={-1}>
        <AwayNotice />
        {homeless ? <Navigate to="/accounts" replace /> : <Outlet key={accountId} />}
      </AppShell.Main>
    </AppShell>
  );
}

/** The way home; `small` leaves its name out where it is narrow. */
function Mark({ small }: { small: boolean }) {
  return (
    <Group
      gap={8}
      component={Link}
      renderRoot={(props) => <Link to="/" aria-label="Hookline" {...props} />}
      wrap="nowrap"
      td="none"
      c="inherit"
    >
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <Text fw={700} className="nowrap" visibleFrom={small ? "sm" : undefined}>
        Hookline
      </Text>
    </Group>
  );
}

function Pages({ operator, onGo }: { operator: boolean; onGo(): void }) {
  const { pathname } = useLocation();
  const active = (to: string) => (to === "/" ? pathname === "/" : pathname.startsWith(to));
  return (
    <ScrollArea type="auto">
      {pages
        .filter((each) => operator || !each.operator)
        .map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={18} aria-hidden />}
            active={active(to)}
            aria-current={active(to) ? "page" : undefined}
            onClick={onGo}
          />
        ))}
      <NavLink href="/docs" label="Live Doc" leftSection={<BookOpen size={18} aria-hidden />} />
    </ScrollArea>
  );
}

/** Switches between light and dark. */
export function ColourScheme() {
  const { setColorScheme } = useMantineColorScheme();
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        lightHidden
        aria-label="Light colours"
        onClick={() => setColorScheme("light")}
      >
        <Sun size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        darkHidden
        aria-label="Dark colours"
        onClick={() => setColorScheme("dark")}
      >
        <Moon size={18} aria-hidden />
      </ActionIcon>
    </>
  );
}

function Who({ caller }: { caller: Caller }) {
  const { signOut } = useSession();
  const operator = caller.kind === "operator";
  const name = operator ? "Operator" : caller.account_name || `Account ${caller.account_id}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<CircleUser size={18} aria-hidden />}
          px={8}
          aria-label={name}
        >
          <Text span inherit truncate maw={{ base: operator ? 74 : 140, sm: 260 }}>
            {name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Application id {caller.application_id}</Menu.Label>
        <Menu.Label>May: {caller.scopes.map((scope) => stateInWords(scope, "SCOPE_")).join(", ")}</Menu.Label>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
