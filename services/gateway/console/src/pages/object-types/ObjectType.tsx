import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import { get, remove } from "../../api/client";
import { useSession } from "../../api/session";
import type { GetObjectTypeResponseJson, ObjectTypeJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { tell } from "../../parts/confirm";
import { Deeds } from "../../parts/Deeds";
import { Loaded } from "../../parts/Loaded";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { TypeForm } from "./TypeForm";

/** One type of objects, or a new one where the address says so. */
export default function ObjectType() {
  const { id = "" } = useParams();
  return id === "new" ? <New /> : <Saved key={id} id={id} />;
}

function New() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const made = async (type: ObjectTypeJson) => {
    tell("The object type is made");
    await queries.invalidateQueries({ queryKey: ["object-types"] });
    await navigate(`/object-types/${type.id}`);
  };
  return (
    <>
      <PageHeader title="New object type" says="Its number, from 10000 on, is given when it is made." />
      <TypeForm saved={{}} onSaved={(type) => void made(type)} />
    </>
  );
}

function Saved({ id }: { id: string }) {
  const { accountId } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay("MANAGE");
  const path = `/v1/objectTypes/${encodeURIComponent(id)}`;
  const query = useQuery({
    queryKey: ["object-type", accountId, id],
    queryFn: async (): Promise<ObjectTypeJson> => (await get<GetObjectTypeResponseJson>(path)).object_type ?? {},
    // What is being edited must not change under one's hands: a later change is told of when it is saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const reload = () => {
    queries.invalidateQueries({ queryKey: ["object-types"] });
    query.refetch();
  };
  const type = query.data;
  return (
    <>
      <PageHeader title={type?.name || `Object type ${id}`} says={`Object type ${id}`}>
        {may && type && Number(id) >= 10_000 && (
          <Deeds
            name={type.name ?? ""}
            list="object-types"
            deleting="Its fields go with it. This cannot be taken back."
            away={async () => {
              await remove(path, { etag: type.etag });
              await navigate("/object-types");
            }}
          />
        )}
      </PageHeader>
      <Loaded query={query}>
        {(loaded) => <TypeForm key={query.dataUpdatedAt} saved={loaded} onSaved={reload} onReload={reload} />}
      </Loaded>
    </>
  );
}
