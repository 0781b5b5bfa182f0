"""The Admin GraphQL interface, executed by graphql-core over a schema with the true names and nullability."""
