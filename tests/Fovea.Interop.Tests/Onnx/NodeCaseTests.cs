using Fovea.Testing;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>The recorded cases of the ONNX test suite, with its tolerance. Expected values are upstream's.</summary>
public sealed class NodeCaseTests
{
    /// <summary>Cases that are not run, with the reason: operators out of scope, and random numbers of another
    /// program.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["test_gru_batchwise"] = "GRU",
        ["test_gru_seq_length"] = "GRU",
        ["test_lstm_batchwise"] = "LSTM",
        ["test_lstm_with_peepholes"] = "LSTM",
        ["test_rnn_seq_length"] = "RNN",
        ["test_simple_rnn_batchwise"] = "RNN",
        ["test_image_decoder_decode_bmp_rgb"] = "ImageDecoder",
        ["test_image_decoder_decode_jpeg_grayscale"] = "ImageDecoder",
        ["test_image_decoder_decode_pnm_rgb"] = "ImageDecoder",
        ["test_range_float16_type_positive_delta_expanded"] = "Loop",
        ["test_range_int32_type_negative_delta_expanded"] = "Loop",
        ["test_training_dropout"] = "random numbers",
        ["test_training_dropout_default"] = "random numbers",
        ["test_training_dropout_default_mask"] = "random numbers",
    };

    /// <summary>The groups of cases: today's operators, and those of older opsets.</summary>
    public static TheoryData<string> Groups =>
        [
            "node",
            "node-v1.10.2",
            "node-v1.7.0",
            "node-v1.5.0",
            "node-v1.2.1",
            "pytorch-converted",
            "pytorch-operator",
            "simple",
        ];

    [DataTheory("onnx-node")]
    [MemberData(nameof(Groups))]
    public void Verify_EveryRecordedCase_GivesItsOutputs(string group)
    {
        List<string> wrong = [];
        IReadOnlyList<OnnxCase> cases = OnnxCase.Find(Path.Combine(TestData.Find("onnx-node")!, group));
        foreach (OnnxCase one in cases)
        {
            OnnxResult result = one.Verify(new OnnxTolerance());
            bool asExpected = NotRun.TryGetValue(one.Name, out string? reason)
                ? result.Outcome == OnnxOutcome.Skipped && result.Detail.Contains(reason, StringComparison.Ordinal)
                : result.Outcome == OnnxOutcome.Passed;
            if (!asExpected)
            {
                wrong.Add($"{one.Name}: {result.Outcome} {result.Detail}");
            }
        }

        Assert.NotEmpty(cases);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
