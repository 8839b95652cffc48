import Koa, { type Middleware } from 'koa';
import helmet from 'koa-helmet';
import { adoptRoutes } from './adopt/routes.ts';
import type { ApiTools } from './api-tools.ts';
import { TokenVerifier } from './auth/token.ts';
import { backupRoutes } from './backups/routes.ts';
import { blockVolumeRoutes } from './block-volumes/routes.ts';
import { brickRoutes } from './bricks/routes.ts';
import { clusterRoutes } from './clusters/routes.ts';
import { databaseRoutes } from './db/routes.ts';
import { deviceRoutes } from './devices/routes.ts';
import { examinationRoutes } from './doctor/examination-routes.ts';
import { doctorRoutes } from './doctor/routes.ts';
import type { Route } from './http/route.ts';
import { createRouter } from './http/router.ts';
import { metricsRoutes } from './metrics/routes.ts';
import { adminStateGuard } from './middleware/admin-state.ts';
import { authenticate } from './middleware/auth.ts';
import { answerErrors } from './middleware/errors.ts';
import { logRequests } from './middleware/request-log.ts';
import { nodeRoutes } from './nodes/routes.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { pendingRoutes } from './operations/pending-routes.ts';
import { operationRoutes } from './operations/routes.ts';
import { queueRoutes } from './queue/routes.ts';
import { loggingRoutes } from './service/logging-routes.ts';
import { serviceRoutes } from './service/routes.ts';
import { topologyRoutes } from './topology/routes.ts';
import { healRoutes } from './volumes/heal-routes.ts';
import { volumeRoutes } from './volumes/routes.ts';
import { snapshotRoutes } from './volumes/snapshot-routes.ts';

/** All routes, in the order of the reference page. */
function allRoutes(tools: ApiTools): Route[] {
  const routes = [
    ...topologyRoutes(tools),
    ...clusterRoutes(tools),
    ...nodeRoutes(tools),
    ...deviceRoutes(tools),
    ...volumeRoutes(tools),
    ...healRoutes(tools),
    ...blockVolumeRoutes(tools),
    ...snapshotRoutes(tools),
    ...brickRoutes(tools),
    ...queueRoutes(tools),
    ...pendingRoutes(tools),
    ...operationRoutes(tools),
    ...doctorRoutes(tools),
    ...examinationRoutes(tools),
    ...adoptRoutes(tools),
    ...backupRoutes(tools),
    ...databaseRoutes(tools),
    ...serviceRoutes(tools),
    ...loggingRoutes(tools),
    ...metricsRoutes(tools),
  ];
  return [...routes, ...openApiRoutes(routes, tools.version)];
}

/** Says on every answer that no real node stands behind it (users-want 26). */
const markSimulated: Middleware = async (context, next) => {
  context.set('X-Mortar-Simulated', 'true');
  await next();
};

/** The HTTP side of Mortar: checks come in the contract's order (section 2): token, role, mode, route, body, existence. */
export function createServer(tools: ApiTools): Koa {
  const routes = allRoutes(tools);
  const publicRoutes = new Set(
    routes.filter(({ isPublic }) => isPublic === true).map(({ method, path }) => `${method} ${path}`),
  );
  const verifier =
    tools.auth === undefined ? undefined : new TokenVerifier(tools.auth, () => tools.clock.now());
  const app = new Koa();
  app.use(logRequests(tools.log, () => tools.clock.now()));
  if (tools.isSimulated) app.use(markSimulated);
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null, imgSrc: ["'self'", 'data:'] } },
    }),
  );
  app.use(answerErrors(tools.log));
  app.use(authenticate(verifier, (method, path) => publicRoutes.has(`${method} ${path}`)));
  app.use(adminStateGuard(tools.adminState));
  for (const middleware of createRouter(routes, tools.bodyLimitBytes)) app.use(middleware);
  app.on('error', (error: Error) => tools.log.warn({ err: error }, 'a connection failed'));
  return app;
}
