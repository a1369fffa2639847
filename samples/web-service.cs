// A web service that answers with a compiled network.
//   dotnet run samples/web-service.cs            asks itself once and ends
//   dotnet run samples/web-service.cs -- serve   until Ctrl-C
#:sdk Microsoft.NET.Sdk.Web
#:package Fovea@0.1.*-*
using System.Net.Http.Json;
using Fovea;
using Fovea.Models;

(Module model, Shape item) = ModelSource.Create("resnet20");
model.Initialize(seed: 1); // weights of your own: Weights.Load, or TrainedModel.Load(run).Model
CompiledNetwork network = model.Eval().Compile(item).Prepare(batch: 1);

WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0"); // this machine alone; the system chooses a free port
WebApplication service = builder.Build();

// Any number of requests may run the network at once; the answer does not depend on the number of threads.
service.MapPost(
    "/classify",
    (float[] pixels) =>
        pixels.Length != item.Count
            ? Results.BadRequest($"a picture has {item.Count} values in the order {item}, got {pixels.Length}")
            : Results.Ok(new { Scores = network.Run(Tensor.From(pixels, [1, .. item.Sizes])).ToArray() })
);
await service.StartAsync();
string address = service.Urls.Single();
Console.WriteLine($"listening on {new Uri(address).Host}");
if (args is ["serve"])
{
    Console.WriteLine(address);
    await service.WaitForShutdownAsync();
    return;
}

using HttpClient client = new() { BaseAddress = new Uri(address) };
float[] picture = Tensor.Normal(item, rng: new Rng(1)).ToArray();
Answer answer = (await (await client.PostAsJsonAsync("/classify", picture)).Content.ReadFromJsonAsync<Answer>())!;
float[] here = model.Forward(Tensor.From(picture, [1, .. item.Sizes])).Detach().ToArray();
float apart = answer.Scores.Zip(here, (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"{answer.Scores.Length} scores; within 0.0001 of the module's: {apart < 1e-4}");
HttpResponseMessage refused = await client.PostAsJsonAsync("/classify", new float[3]);
Console.WriteLine($"{(int)refused.StatusCode}: {await refused.Content.ReadAsStringAsync()}");
await service.StopAsync();

internal sealed record Answer(float[] Scores);
