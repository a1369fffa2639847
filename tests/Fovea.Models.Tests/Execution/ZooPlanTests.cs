using System.Globalization;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>What compiled execution decides about every network of the zoo is what it decided before: the files in
/// tests/Fovea.Models.Tests/Execution/Plans. With FOVEA_WRITE_PLANS=1 the tests write these files.</summary>
/// <remarks>Each file holds the steps by direct sums at 512 bits and one item. Of other widths, batches and precisions
/// it holds what differs.</remarks>
public sealed class ZooPlanTests
{
    private const int Batch = 16;

    private static readonly string[] ByModel =
    [
        "resnet18",
        "resnet20",
        "vgg11_bn",
        "googlenet",
        "squeezenet1_1",
        "mobilenet_v3_small",
        "resnet_ts",
    ]; // those whose plans by the model of times are kept too

    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_EveryModel_IsAsBefore(string name)
    {
        string[] found = [.. Document(name)];
        string file = Path.Combine(TestData.Root, "tests", "Fovea.Models.Tests", "Execution", "Plans", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("FOVEA_WRITE_PLANS") == "1")
        {
            File.WriteAllText(file, string.Join('\n', found) + "\n");
        }

        string[] expected = File.ReadAllText(file).TrimEnd('\n').Split('\n');
        int first = Enumerable
            .Range(0, Math.Max(found.Length, expected.Length))
            .FirstOrDefault(i => found.ElementAtOrDefault(i) != expected.ElementAtOrDefault(i), -1);
        Assert.True(
            first < 0,
            $"{name}, line {first + 1} of its plan:\n  was   {expected.ElementAtOrDefault(first)}\n  is    {found.ElementAtOrDefault(first)}\nWhere this is wanted, run this test with FOVEA_WRITE_PLANS=1 and look at what changed in {file}."
        );
    }

    private static List<string> Document(string name)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);
        Graph graph = Graph.Trace(model, item);
        IReadOnlyList<string> steps = new PlanText(graph, Precision.Strict, 512).Lines(1);
        List<string> lines = [$"{name} at {item}, direct sums, 512 bits, batch 1", .. steps.Select(s => $"  {s}")];
        Precision[] precisions = ByModel.Contains(name) ? [Precision.Strict, Precision.Default] : [Precision.Strict];
        foreach (Precision precision in precisions)
        {
            foreach (int bits in new[] { 512, 256, 128 })
            {
                PlanText plan = new(graph, precision, bits);
                int size = plan.GroupSize(Batch);
                lines.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{precision}, {bits} bits: {plan.ItemBytes} bytes an item, groups of {size} in {Batch}"
                    )
                );
                lines.AddRange(Differences(steps, plan.Lines(1), "one item"));
                lines.AddRange(Differences(plan.Lines(1), plan.Lines(size), "a group"));
            }
        }

        return lines;
    }

    private static IEnumerable<string> Differences(
        IReadOnlyList<string> first,
        IReadOnlyList<string> second,
        string what
    ) =>
        Enumerable
            .Range(0, Math.Max(first.Count, second.Count))
            .Where(i => first.ElementAtOrDefault(i) != second.ElementAtOrDefault(i))
            .Select(i => $"  {what}, {i}: {second.ElementAtOrDefault(i)}");
}
