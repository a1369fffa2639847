using System.Globalization;

namespace Fovea.Workbench;

/// <summary>The command of a request.</summary>
public static class TrainingCommand
{
    /// <summary>What is typed to run a request again, into a new folder.</summary>
    /// <param name="request">The request, as <see cref="RunFolder.ReadRequest"/> gives it.</param>
    public static string Of(TrainingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<string> words = ["fovea", "train"];
        if (request.Model is { } model)
        {
            words.Add(ShellText.Quote(model));
        }

        Add("data", request.Data);
        Add("train-items", request.TrainCount);
        Add("test-items", request.TestCount);
        Add("missing", request.Missing);
        Add("unequal", request.Unequal);
        Add("input", request.Input);
        Add("epochs", request.Epochs);
        Add("batch", request.Batch);
        Add("accumulation", request.Accumulation);
        Add("lr", request.SearchesRate ? "auto" : request.LearningRate);
        Add("optimizer", request.Optimizer);
        Add("schedule", request.Schedule);
        Add("augment", request.Augment);
        Add("label-smoothing", request.LabelSmoothing);
        Add("clip-norm", request.ClipNorm);
        Add("ema", request.AverageDecay);
        Add("validation", request.Validation);
        Add("patience", request.Patience);
        Add("init", request.Init);
        Add("state", request.InitState);
        Add("freeze", request.Freeze);
        Add("seed", request.Seed ?? 0);
        if (request.Strict)
        {
            words.Add("--strict");
        }

        return string.Join(' ', words);

        void Add(string option, object? value)
        {
            if (value is not null)
            {
                words.Add("--" + option);
                words.Add(ShellText.Quote(Convert.ToString(value, CultureInfo.InvariantCulture)!));
            }
        }
    }
}
