using Fovea.Peers;
using Fovea.Peers.Torch;

try
{
    PeerOptions options = PeerOptions.Parse(args);
    TorchLibrary.Prepare();
    Report report = new(options);
    report.Begin();
    double difference = 0;
    foreach (string network in options.Networks)
    {
        using Comparison comparison = Comparison.Create(network, options);
        difference = Math.Max(difference, comparison.Check(options));
        if (options.Rounds > 0)
        {
            report.Add(comparison, Turns.Measure(comparison.Engines, options));
        }
    }

    report.End(difference);
    return 0;
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (InvalidOperationException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
