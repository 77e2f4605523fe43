using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using Tracker.Access;

namespace Tracker.Web;

/// <summary>The problems a route can answer with, besides those that every route can.</summary>
public sealed record PossibleProblems(IReadOnlyList<ProblemKind> Kinds);

/// <summary>A body that is read by hand: JSON of a type, or another media type.</summary>
public sealed record AcceptedBodies(Type Json, string Other, string Example);

public static class ProblemMetadata
{
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder builder, params ProblemKind[] kinds) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new PossibleProblems(kinds));
}

/// <summary>The document at /swagger/v1/swagger.json: every route with examples, its scope and every problem it can answer with.</summary>
public static class OpenApiSetup
{
    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) => services.AddEndpointsApiExplorer().AddSwaggerGen(options =>
    {
        options.SwaggerDoc("v1", new()
        {
            Title = "Tracker",
            Version = "v1",
            Description = "Email engagement tracking: mail in, call prompts out. Times are ISO 8601 in UTC, lists are `{items, next}`, errors are `application/problem+json`.",
        });
        options.AddSecurityDefinition("key", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key: `tracker keys create --name NAME --scope send --scope read`." });
        options.SupportNonNullableReferenceTypes();
        options.CustomSchemaIds(type => type.IsGenericType
            ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + "Of" + string.Concat(type.GetGenericArguments().Select(a => a.Name))
            : type.Name);
        options.OperationFilter<OperationDetails>();
    });
}

sealed class OperationDetails : IOperationFilter
{
    // What every route behind a key can answer with.
    static readonly ProblemKind[] Common = [Problems.Unauthorized, Problems.Forbidden, Problems.TooManyRequests, Problems.Internal, Problems.DatabaseUnavailable];

    static readonly ProblemKind[] Post = [Problems.InProgress, Problems.IdempotencyKeyReused, Problems.TooLarge];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<NeededScope>().LastOrDefault() is not { } scope)
        {
            return;
        }
        var isPost = context.ApiDescription.HttpMethod == HttpMethods.Post;
        operation.Description = $"{operation.Description}\n\nScope: `{scope.Scope}`.".Trim();
        operation.Security = [new() { [new OpenApiSecuritySchemeReference("key", context.Document)] = [] }];
        AddProblems(operation, [.. Common, .. isPost ? Post : [], .. metadata.OfType<PossibleProblems>().SelectMany(p => p.Kinds)]);
        AddParameters(operation, context, isPost);
        AddBody(operation, context, metadata.OfType<AcceptedBodies>().LastOrDefault());
        foreach (var content in operation.RequestBody?.Content?.Where(c => c.Key == MediaTypeNames.Application.Json) ?? [])
        {
            content.Value.Example = OpenApiExamples.Request(operation.OperationId);
        }
        foreach (var response in operation.Responses?.Where(r => r.Key.StartsWith('2')) ?? [])
        {
            if (response.Value.Content is { } contents && contents.TryGetValue(MediaTypeNames.Application.Json, out var content))
            {
                content.Example = OpenApiExamples.Response(operation.OperationId);
            }
        }
    }

    static void AddProblems(OpenApiOperation operation, IEnumerable<ProblemKind> kinds)
    {
        operation.Responses ??= [];
        foreach (var group in kinds.Distinct().GroupBy(k => k.Status).OrderBy(g => g.Key))
        {
            var content = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                Examples = group.ToDictionary(k => k.Slug, IOpenApiExample (k) => new OpenApiExample
                {
                    Summary = k.Title,
                    Description = k.WayOut,
                    Value = new JsonObject { ["type"] = k.Type, ["title"] = k.Title, ["status"] = k.Status, ["detail"] = k.WayOut },
                }),
            };
            operation.Responses[group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("; ", group.Select(k => $"`{k.Slug}`: {k.Title}")),
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = content },
            };
        }
    }

    static void AddParameters(OpenApiOperation operation, OperationFilterContext context, bool isPost)
    {
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            parameter.Description ??= OpenApiExamples.Parameter(parameter.Name);
        }
        if (isPost)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = Idempotency.Header,
                In = ParameterLocation.Header,
                Description = "Any text of at most 200 characters. The same request with the same key, within 24 hours, gets the first answer again and does nothing twice.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Idempotency.MaxKey },
            });
        }
    }

    static void AddBody(OpenApiOperation operation, OperationFilterContext context, AcceptedBodies? bodies)
    {
        if (bodies is null)
        {
            return;
        }
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaTypeNames.Application.Json] = new() { Schema = context.SchemaGenerator.GenerateSchema(bodies.Json, context.SchemaRepository) },
                [bodies.Other] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }, Example = bodies.Example },
            },
        };
    }
}
