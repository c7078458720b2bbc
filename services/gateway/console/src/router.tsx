/** Which page has which path. Each is a chunk of its own, loaded when it is opened. */

import { createBrowserRouter, type LazyRouteFunction, type RouteObject } from "react-router";
import { Broken } from "./parts/Broken";
import { Shell } from "./parts/Shell";

type Page = { default: React.ComponentType };
const page = (load: () => Promise<Page>): LazyRouteFunction<RouteObject> => {
  return async () => ({ Component: (await load()).default });
};

/** What stands there while the first page's chunk is fetched. */
const Nothing = () => null;

const routes: RouteObject[] = [
  { path: "/sign-in", errorElement: <Broken />, lazy: page(() => import("./pages/SignIn")) },
  {
    path: "/docs",
    errorElement: <Broken />,
    lazy: page(() => import("./pages/docs/LiveDoc")),
  },
  { path: "/bin/:id", errorElement: <Broken />, lazy: page(() => import("./pages/bin/Bin")) },
  {
    element: <Shell />,
    errorElement: <Broken />,
    children: [
      {
        // Within the frame, so that the way to the other pages stays.
        errorElement: <Broken />,
        children: [
          { path: "/", lazy: page(() => import("./pages/overview/Overview")) },
          { path: "/deliveries", lazy: page(() => import("./pages/deliveries/Deliveries")) },
          { path: "/deliveries/:id", lazy: page(() => import("./pages/deliveries/Delivery")) },
          { path: "/subscriptions", lazy: page(() => import("./pages/subscriptions/Subscriptions")) },
          { path: "/subscriptions/:id", lazy: page(() => import("./pages/subscriptions/Subscription")) },
          { path: "/webhooks", lazy: page(() => import("./pages/webhooks/Webhooks")) },
          { path: "/webhooks/:id", lazy: page(() => import("./pages/webhooks/Webhook")) },
          { path: "/campaigns", lazy: page(() => import("./pages/campaigns/Campaigns")) },
          { path: "/campaigns/:id", lazy: page(() => import("./pages/campaigns/Campaign")) },
          { path: "/rules", lazy: page(() => import("./pages/rules/Rules")) },
          { path: "/rules/:id", lazy: page(() => import("./pages/rules/Rule")) },
          { path: "/forms", lazy: page(() => import("./pages/forms/Forms")) },
          { path: "/forms/:id", lazy: page(() => import("./pages/forms/Form")) },
          { path: "/object-types", lazy: page(() => import("./pages/object-types/ObjectTypes")) },
          { path: "/object-types/:id", lazy: page(() => import("./pages/object-types/ObjectType")) },
          { path: "/plugins", lazy: page(() => import("./pages/plugins/Plugins")) },
          { path: "/keys", lazy: page(() => import("./pages/admin/Keys")) },
          { path: "/audit", lazy: page(() => import("./pages/audit/Audit")) },
          { path: "/accounts", lazy: page(() => import("./pages/admin/Accounts")) },
          { path: "/administration", lazy: page(() => import("./pages/admin/Administration")) },
          { path: "*", lazy: page(() => import("./pages/NotFound")) },
        ],
      },
    ],
  },
];

export const router = createBrowserRouter(routes.map((route) => ({ ...route, HydrateFallback: Nothing })));
